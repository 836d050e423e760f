package io.dorami.local.media;

import io.dorami.local.process.Executables;
import io.dorami.local.process.ProcessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A live test picture by FFmpeg: H.264 and AAC, 720 × 1280 pixels, 30 frames and one key frame a second. It has a moving
 * square, a clock for people (local time, if FFmpeg can draw text), and a quiet tick each second.
 *
 * <p>The upper edge is a clock for tests, the time at which FFmpeg drew the frame: a row of 18 squares of 40 × 40 pixels,
 * from left to right one that is always white, 16 bits with the most significant first (white is 1), and one that is always
 * black. The bits are the tenths of a second since 1970, modulo 65,536 (109 minutes). In a picture of width w and height
 * h, square i (from 0) is centred at x = (i + 0.5) · w / 18, y = h / 64.
 */
public final class TestPicture {

    private static final int FRAME_RATE = 30;
    private static final int SQUARE = 40;
    private static final int CLOCK_BITS = 16;

    // With the picture 17% of a core, on two cores of 2020's.
    private static final String ENCODING = ("-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p"
                    + " -g %1$d -keyint_min %1$d -sc_threshold 0 -maxrate 1500k -bufsize 1500k -c:a aac -b:a 64k -ac 1")
            .formatted(FRAME_RATE);

    // SRS's window of 12 s, in segments of 1 s. Files get their names when they are complete, so that no player reads a
    // part; append_list continues the numbers when FFmpeg is restarted.
    private static final String HLS = "-f hls -hls_time 1 -hls_list_size 12 -hls_delete_threshold 3"
            + " -hls_flags delete_segments+program_date_time+omit_endlist+temp_file+append_list";

    private static final List<Path> FONT_FOLDERS = List.of(
            Path.of("/usr/share/fonts"),
            Path.of("/usr/local/share/fonts"),
            Path.of("/System/Library/Fonts/Supplemental"));

    private final Path ffmpeg;

    /** @param ffmpeg the executable */
    public TestPicture(Path ffmpeg) {
        this.ffmpeg = ffmpeg;
    }

    /** Specifies a process that publishes the picture to an RTMP address. */
    public ProcessSpec publish(String address, Path folder, Duration duration) {
        return processSpec(folder, duration, List.of("-f", "flv", address));
    }

    /**
     * Specifies a process that writes the picture as HLS, with the names that SRS gives to the files of a stream.
     *
     * @param folder folder of the {@link HlsFileServer}
     */
    public ProcessSpec writeHls(String key, Path folder, Duration duration) {
        Path live = folder.resolve(HlsFileServer.APPLICATION);
        List<String> output = new ArrayList<>(words(HLS));
        output.addAll(List.of(
                "-hls_segment_filename",
                live.resolve(key + "-" + System.currentTimeMillis() + "-%d.ts").toString(),
                live.resolve(key + ".m3u8").toString()));
        return processSpec(live, duration, output);
    }

    /** Deletes the HLS files of a stream. */
    public static void deleteHls(String key, Path folder) {
        Pattern names = Pattern.compile(Pattern.quote(key) + "(\\.m3u8|-\\d+-\\d+\\.ts)(\\.tmp)?");
        try (Stream<Path> files = Files.list(folder.resolve(HlsFileServer.APPLICATION))) {
            for (Path file : files.filter(
                            f -> names.matcher(f.getFileName().toString()).matches())
                    .toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // nothing was written
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessSpec processSpec(Path folder, Duration duration, List<String> output) {
        List<String> command = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-v", "error"));
        command.addAll(List.of("-re", "-f", "lavfi", "-i", "color=0x264653:size=720x1280:rate=" + FRAME_RATE));
        command.addAll(List.of("-f", "lavfi", "-i", "color=0xe9c46a:size=160x160:rate=" + FRAME_RATE));
        command.addAll(
                List.of("-re", "-f", "lavfi", "-i", "aevalsrc='0.05*sin(2*PI*440*t)*lt(mod(t,1),0.06)':s=44100"));
        command.addAll(List.of("-filter_complex", picture(), "-map", "[picture]", "-map", "2:a"));
        command.addAll(words(ENCODING));
        command.addAll(List.of("-t", Long.toString(duration.toSeconds())));
        command.addAll(output);
        return new ProcessSpec("demo-encoder", command, Map.of(), folder, ProcessSpec.TERMINATE);
    }

    /**
     * The filters. Between the first and the last time base, the timestamp t of a frame is the time at which FFmpeg draws
     * the frame, so that all squares show the same time.
     */
    private String picture() {
        List<String> filters = new ArrayList<>();
        filters.add("[0:v][1:v]overlay=x='280+220*sin(2*t)':y='820+60*cos(4*t)':shortest=1");
        filters.add("settb=AVTB,setpts=RTCTIME");
        filters.add("drawbox=x=0:y=0:w=iw:h=%1$d:color=black:t=fill,drawbox=x=0:y=0:w=%1$d:h=%1$d:color=white:t=fill"
                .formatted(SQUARE));
        for (int i = 0; i < CLOCK_BITS; i++) {
            filters.add("drawbox=x=%d:y=0:w=%2$d:h=%2$d:color=white:t=fill:enable='mod(floor(t*10/%3$d),2)'"
                    .formatted((i + 1) * SQUARE, SQUARE, 1 << (CLOCK_BITS - 1 - i)));
        }
        findFont()
                .filter(font -> canDrawText())
                .ifPresent(font -> filters.add(("drawtext=fontfile='%s':text='%%{localtime\\:%%T}"
                                + ".%%{eif\\:mod(floor(t*10),10)\\:d}':fontsize=96:fontcolor=white:x=90:y=360")
                        .formatted(font)));
        filters.add("settb=1/%d,setpts=N[picture]".formatted(FRAME_RATE));
        return String.join(",", filters);
    }

    /** The builds of some systems have no text filter. */
    private boolean canDrawText() {
        return output(ffmpeg.toString(), "-v", "error", "-filters").contains(" drawtext ");
    }

    /** Asks fontconfig; without its tool, which FFmpeg does not need, takes a font from the usual folders. */
    private static Optional<Path> findFont() {
        return Executables.find("fc-match")
                .map(tool -> output(tool.toString(), "--format=%{file}", "sans:bold"))
                .map(Path::of)
                .filter(TestPicture::isFont)
                .or(() -> FONT_FOLDERS.stream()
                        .flatMap(TestPicture::fontsIn)
                        .min(Comparator.comparing(font -> !font.endsWith("DejaVuSans-Bold.ttf"))));
    }

    private static Stream<Path> fontsIn(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(TestPicture::isFont).toList().stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.empty();
        }
    }

    /** A file that FFmpeg can open by a path without characters of its filter language. */
    private static boolean isFont(Path file) {
        return file.toString().matches("[A-Za-z0-9_/. +-]+\\.(ttf|otf|ttc)") && Files.isReadable(file);
    }

    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (InputStream output = process.getInputStream()) {
                return new String(output.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }
}
