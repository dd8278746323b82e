-- R9.10: whether a number that stood in may be freed is asked of what left by its connection lately; without this all
-- that ever failed over is read, once for each number that it stood in for.
CREATE INDEX failed_over_by_connection ON sayso.failed_over (connection_id, at);
