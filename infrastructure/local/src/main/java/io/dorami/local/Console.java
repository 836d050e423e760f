package io.dorami.local;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** What the launcher shows: its own words, and in the foreground every line of every part. */
final class Console {

    private static final String[] COLOURS = {"cyan", "yellow", "green", "magenta", "blue", "red", "white"};
    private static final int WIDTH = 17; // the longest name, srs-hook-service, and a space

    private final long start = System.nanoTime();
    private final Map<String, String> colours = new HashMap<>();
    private int next;
    private final PrintStream out;
    private final boolean partLines;

    Console(PrintStream out, boolean partLines) {
        this.out = out;
        this.partLines = partLines;
    }

    void say(String line) {
        out.println(line);
    }

    /** Seconds since the start. */
    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** A line of a part's output. */
    void line(String part, String line) {
        if (partLines) {
            out.println(prefix(part) + line);
        }
    }

    /** A word of the launcher about a part. */
    void note(String part, String words) {
        out.println(prefix(part) + words);
    }

    private synchronized String prefix(String part) {
        String padded = part + " ".repeat(Math.max(0, WIDTH - part.length()));
        String colour = colours.computeIfAbsent(part, any -> COLOURS[next++ % COLOURS.length]);
        return Ansi.AUTO.string("@|" + colour + " " + padded + "||@ ");
    }
}
