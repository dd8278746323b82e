-- The inbox lists the labels in use and filters by one: neither looks at every label of every conversation.
CREATE INDEX conversation_labels_folded ON sayso.conversation_labels (workspace_id, folded);
