package io.dorami.local;

import io.dorami.contracts.errors.DoramiException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code ./dorami up}, {@code down} and the rest. */
@Command(
        name = "dorami",
        description = "Dorami on this machine: PostgreSQL, Redis and five services.",
        mixinStandardHelpOptions = true,
        subcommands = {UpCommand.class, DownCommand.class, DemoCommand.class, TokenCommand.class, DoctorCommand.class})
public final class Dorami {

    private Dorami() {}

    public static void main(String[] arguments) {
        CommandLine dorami = new CommandLine(new Dorami());
        // What the user can mend is said in one line; a stack trace is for our own mistakes.
        dorami.setExecutionExceptionHandler((e, command, result) -> {
            if (!(e instanceof CliError || e instanceof DoramiException)) {
                throw e;
            }
            command.getErr().println(e.getMessage());
            return 1;
        });
        System.exit(dorami.execute(arguments));
    }
}
