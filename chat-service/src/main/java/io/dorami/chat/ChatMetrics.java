package io.dorami.chat;

import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.errors.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** What an operator sees of chat-service. Labels have a handful of values each: never a room, never a user. */
@ApplicationScoped
public class ChatMetrics {

    private final MeterRegistry registry;

    ChatMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** dorami_chat_commands_total: handled, by type. */
    public void command(ChatCommand command) {
        registry.counter("dorami.chat.commands", "type", command.getClass().getSimpleName())
                .increment();
    }

    /** dorami_chat_moderation_actions_total: kept, by kind. */
    public void moderated(String kind) {
        registry.counter("dorami.chat.moderation.actions", "kind", kind).increment();
    }

    /** dorami_chat_refused_total: refused, by error code. */
    public void refused(ErrorCode code) {
        registry.counter("dorami.chat.refused", "code", code.name()).increment();
    }
}
