package io.dorami.local.cli;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.local.CliError;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Main class of {@code ./dorami} with its subcommands. */
@Command(
        name = "dorami",
        description = "Dorami on this machine: PostgreSQL, Redis and five services.",
        mixinStandardHelpOptions = true,
        subcommands = {
            UpCommand.class,
            DevCommand.class,
            DownCommand.class,
            DemoCommand.class,
            TokenCommand.class,
            DoctorCommand.class
        })
public final class Dorami {

    private Dorami() {}

    public static void main(String[] arguments) {
        CommandLine dorami = new CommandLine(new Dorami());
        // An error that the user can fix is one line; a stack trace is for bugs.
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
