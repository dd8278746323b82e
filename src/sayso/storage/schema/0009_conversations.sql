-- R12.1 to R12.3: what people answer, by number and line, and what they answered.

-- One row a number and line, kept by the statement that files a text. Its address, `id`, is that of its first
-- text, which the ledger of texts finds: an index of its own would cost every text one more write.
CREATE TABLE sayso.conversations (
    workspace_id int NOT NULL,
    phone bigint NOT NULL,
    line_id int NOT NULL,
    id bigint NOT NULL,
    written text NOT NULL, -- the sender as it was written
    open boolean NOT NULL DEFAULT true,
    unanswered int NOT NULL, -- texts since the last reply
    assigned_to int,
    last_id bigint NOT NULL, -- the newest text or reply
    last_inbound_id bigint NOT NULL,
    wrote_at timestamptz NOT NULL, -- when they said the newest text (provider's time), for R12.3
    last_is_ours boolean NOT NULL DEFAULT false,
    last_words text NOT NULL, -- how the newest text or reply begins
    PRIMARY KEY (workspace_id, phone, line_id)
);
-- Each list by the order it is shown in; line and person trail, so that filtering by them stays in the index.
CREATE INDEX conversations_newest ON sayso.conversations (workspace_id, last_id, line_id, assigned_to);
CREATE INDEX conversations_unanswered ON sayso.conversations (workspace_id, last_id, line_id, assigned_to)
    WHERE open AND unanswered > 0;
CREATE INDEX conversations_assigned ON sayso.conversations (workspace_id, assigned_to, last_id)
    WHERE open AND assigned_to IS NOT NULL;
CALL sayso.protect('sayso.conversations', 'SELECT, UPDATE');

CREATE TABLE sayso.conversation_labels (
    workspace_id int NOT NULL,
    phone bigint NOT NULL,
    line_id int NOT NULL,
    folded text COLLATE "C" NOT NULL CHECK (folded <> ''),
    written text NOT NULL,
    PRIMARY KEY (workspace_id, phone, line_id, folded),
    FOREIGN KEY (workspace_id, phone, line_id) REFERENCES sayso.conversations
);
CALL sayso.protect('sayso.conversation_labels', 'SELECT, INSERT, DELETE');

-- Who answered what. `token` is the form's: a double click or a form sent again finds its reply here.
CREATE TABLE sayso.conversation_replies (
    workspace_id int NOT NULL,
    message_id bigint NOT NULL,
    token uuid NOT NULL,
    phone bigint NOT NULL,
    line_id int NOT NULL,
    inbound_id bigint NOT NULL, -- the newest text that it answers
    user_id int,
    key_id int,
    PRIMARY KEY (workspace_id, message_id),
    UNIQUE (workspace_id, token),
    FOREIGN KEY (workspace_id, phone, line_id) REFERENCES sayso.conversations
);
CALL sayso.protect('sayso.conversation_replies', 'SELECT, INSERT');

CREATE TABLE sayso.canned_replies (
    workspace_id int NOT NULL REFERENCES sayso.workspaces,
    id int GENERATED ALWAYS AS IDENTITY,
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    body text NOT NULL CHECK (body <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);
CALL sayso.protect('sayso.canned_replies', 'SELECT, INSERT, UPDATE, DELETE');
