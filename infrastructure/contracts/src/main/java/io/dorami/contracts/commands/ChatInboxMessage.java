package io.dorami.contracts.commands;

/** A message in chat-service's inbox. */
public sealed interface ChatInboxMessage extends InboxMessage permits ChatCommand, StreamLifecycle {}
