package io.dorami.loadtest.measurement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * CPU time, user and system together. Linux counts it in steps of 10 ms, so that a run must take seconds.
 *
 * @param nanos time of the reading
 * @param processes seconds of each watched process and its children, by name
 * @param loadCore busy seconds of the load's core
 * @param serverCore busy seconds of the server's core
 */
public record CpuTime(long nanos, Map<String, Double> processes, double loadCore, double serverCore) {

    public static final String SERVER = "server";
    public static final String LOAD = "load";

    /** USER_HZ, the same on every Linux. */
    private static final double TICKS_PER_SECOND = 100;

    /** Watched process ids by name, searched for once, because a search costs more than a reading. */
    public record Watch(Cores cores, Map<String, List<Long>> processes) {

        public static Watch of(Cores cores, Optional<ProcessHandle> server, Map<String, ProcessHandle> others) {
            Map<String, List<Long>> all = new LinkedHashMap<>();
            server.ifPresent(process -> all.put(SERVER, processTree(process)));
            others.forEach((name, process) -> all.put(name, processTree(process)));
            all.put(LOAD, List.of(ProcessHandle.current().pid()));
            return new Watch(cores, all);
        }

        private static List<Long> processTree(ProcessHandle process) {
            List<Long> ids = new ArrayList<>(List.of(process.pid()));
            process.descendants().map(ProcessHandle::pid).forEach(ids::add);
            return ids;
        }

        public CpuTime read() {
            Map<String, Double> seconds = new LinkedHashMap<>();
            processes.forEach((name, ids) -> seconds.put(
                    name, ids.stream().mapToDouble(CpuTime::processSeconds).sum()));
            return new CpuTime(
                    System.nanoTime(), seconds, coreSeconds(cores.loadCore()), coreSeconds(cores.serverCore()));
        }

        /** Resident memory of the server, in bytes. */
        public long serverMemory() {
            return processes.getOrDefault(SERVER, List.of()).stream()
                    .mapToLong(CpuTime::residentBytes)
                    .sum();
        }
    }

    /** CPU seconds that the process used since the earlier reading. */
    public double secondsUsed(String process, CpuTime earlier) {
        return processes.getOrDefault(process, 0.0) - earlier.processes.getOrDefault(process, 0.0);
    }

    /** Share of one core that the process used since the earlier reading. */
    public double share(String process, CpuTime earlier) {
        return secondsUsed(process, earlier) / secondsSince(earlier);
    }

    public double loadCoreShare(CpuTime earlier) {
        return (loadCore - earlier.loadCore) / secondsSince(earlier);
    }

    public double serverCoreShare(CpuTime earlier) {
        return (serverCore - earlier.serverCore) / secondsSince(earlier);
    }

    public double secondsSince(CpuTime earlier) {
        return (nanos - earlier.nanos) / 1e9;
    }

    private static double processSeconds(long pid) {
        String stat = readFile(Path.of("/proc/" + pid + "/stat"));
        // The name in brackets may contain spaces, so that utime and stime are counted from the closing bracket.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length < 13 ? 0 : (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    private static long residentBytes(long pid) {
        return readFile(Path.of("/proc/" + pid + "/status"))
                        .lines()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024;
    }

    /** Busy seconds of a core: everything except idle and I/O wait. */
    private static double coreSeconds(int core) {
        String label = "cpu" + core + " ";
        return readFile(Path.of("/proc/stat"))
                .lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.split(" +"))
                .mapToDouble(field -> Stream.of(1, 2, 3, 6, 7)
                                .mapToLong(i -> Long.parseLong(field[i]))
                                .sum()
                        / TICKS_PER_SECOND)
                .sum();
    }

    private static String readFile(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // the process has exited
        }
    }
}
