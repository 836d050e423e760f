package io.dorami.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time, user and system together, as Linux counts it: in steps of 10 ms, so a run takes seconds.
 *
 * @param nanos when it was read
 * @param processes seconds of each watched process with its children, by name
 * @param loadCore busy seconds of the load's core
 * @param serverCore busy seconds of the server's core
 */
record CpuTime(long nanos, Map<String, Double> processes, double loadCore, double serverCore) {

    static final String SERVER = "server";
    static final String LOAD = "load";

    /** USER_HZ, the same on every Linux. */
    private static final double TICKS_PER_SECOND = 100;

    /** What is watched: process ids by name, found once, for a search costs more than a reading. */
    record Watch(Cores cores, Map<String, List<Long>> processes) {

        static Watch of(Cores cores, Target target) {
            Map<String, List<Long>> all = new LinkedHashMap<>();
            target.server().ifPresent(server -> all.put(SERVER, family(server)));
            target.others().forEach((name, process) -> all.put(name, family(process)));
            all.put(LOAD, List.of(ProcessHandle.current().pid()));
            return new Watch(cores, all);
        }

        private static List<Long> family(ProcessHandle process) {
            List<Long> ids = new ArrayList<>(List.of(process.pid()));
            process.descendants().map(ProcessHandle::pid).forEach(ids::add);
            return ids;
        }

        CpuTime read() {
            Map<String, Double> seconds = new LinkedHashMap<>();
            processes.forEach((name, ids) ->
                    seconds.put(name, ids.stream().mapToDouble(CpuTime::process).sum()));
            return new CpuTime(System.nanoTime(), seconds, core(cores.load()), core(cores.server()));
        }

        /** Resident memory of the server, in bytes. */
        long serverMemory() {
            return processes.getOrDefault(SERVER, List.of()).stream()
                    .mapToLong(CpuTime::resident)
                    .sum();
        }
    }

    /** CPU time that a process used since the earlier reading. */
    double seconds(String process, CpuTime earlier) {
        return processes.getOrDefault(process, 0.0) - earlier.processes.getOrDefault(process, 0.0);
    }

    /** The share of one core that a process used since the earlier reading. */
    double share(String process, CpuTime earlier) {
        return seconds(process, earlier) / since(earlier);
    }

    double loadCoreShare(CpuTime earlier) {
        return (loadCore - earlier.loadCore) / since(earlier);
    }

    double serverCoreShare(CpuTime earlier) {
        return (serverCore - earlier.serverCore) / since(earlier);
    }

    double since(CpuTime earlier) {
        return (nanos - earlier.nanos) / 1e9;
    }

    private static double process(long pid) {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        // The name in brackets may have spaces; the fields after it are counted from there: utime and stime.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length < 13 ? 0 : (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    private static long resident(long pid) {
        return read(Path.of("/proc/" + pid + "/status"))
                        .lines()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024;
    }

    /** All but idle and waiting for a disk. */
    private static double core(int core) {
        String label = "cpu" + core + " ";
        return read(Path.of("/proc/stat"))
                .lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.split(" +"))
                .mapToDouble(field -> Stream.of(1, 2, 3, 6, 7)
                                .mapToLong(i -> Long.parseLong(field[i]))
                                .sum()
                        / TICKS_PER_SECOND)
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}
