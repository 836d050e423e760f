package io.dorami.local.supervisor;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** Terminal output of the launcher: its own messages and, in the foreground, every output line of every process. */
public final class Console {

    private static final String[] COLOURS = {"cyan", "yellow", "green", "magenta", "blue", "red", "white"};
    private static final int NAME_WIDTH = 17; // the longest name, srs-hook-service, and a space

    private final long start = System.nanoTime();
    private final Map<String, String> colours = new HashMap<>();
    private int nextColour;
    private final PrintStream out;
    private final boolean showsOutput;

    public Console(PrintStream out, boolean showsOutput) {
        this.out = out;
        this.showsOutput = showsOutput;
    }

    public void print(String line) {
        out.println(line);
    }

    /** Seconds since this console was created. */
    double uptimeSeconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Prints an output line of a process. */
    void printOutput(String process, String line) {
        if (showsOutput) {
            out.println(prefix(process) + line);
        }
    }

    /** Prints a message of the launcher about a process. */
    public void printStatus(String process, String status) {
        out.println(prefix(process) + status);
    }

    private synchronized String prefix(String process) {
        String padded = process + " ".repeat(Math.max(0, NAME_WIDTH - process.length()));
        String colour = colours.computeIfAbsent(process, name -> COLOURS[nextColour++ % COLOURS.length]);
        return Ansi.AUTO.string("@|" + colour + " " + padded + "||@ ");
    }
}
