package io.dorami.chat;

import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.errors.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** Metrics of chat-service. Labels have a handful of values each: never a room, never a user. */
@ApplicationScoped
public class ChatMetrics {

    private final Meter.MeterProvider<Counter> commands;
    private final Meter.MeterProvider<Counter> moderationActions;
    private final Meter.MeterProvider<Counter> rejections;

    ChatMetrics(MeterRegistry registry) {
        commands = Counter.builder("dorami.chat.commands")
                .description("Chat commands handled, by type")
                .withRegistry(registry);
        moderationActions = Counter.builder("dorami.chat.moderation.actions")
                .description("Moderation actions stored, by kind")
                .withRegistry(registry);
        rejections = Counter.builder("dorami.chat.refused")
                .description("Chat commands rejected, by error code")
                .withRegistry(registry);
    }

    /** Counts a handled command by its type. */
    public void countCommand(ChatCommand command) {
        commands.withTag("type", command.getClass().getSimpleName()).increment();
    }

    /** Counts a stored moderation action by its kind. */
    public void countModerationAction(String kind) {
        moderationActions.withTag("kind", kind).increment();
    }

    /** Counts a rejected command by its error code. */
    public void countRejection(ErrorCode code) {
        rejections.withTag("code", code.name()).increment();
    }
}
