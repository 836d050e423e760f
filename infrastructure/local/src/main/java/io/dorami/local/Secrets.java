package io.dorami.local;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** What must not be known: from the environment, else generated once and kept readable by the owner alone. */
public record Secrets(String jwt, String srs, String postgres, String payment) {

    private static final String JWT = "DORAMI_JWT_SECRET";
    private static final String SRS = "DORAMI_SRS_SECRET";
    private static final String POSTGRES = "DORAMI_POSTGRES_PASSWORD";
    private static final String PAYMENT = "DORAMI_PAYMENT_SECRET";

    private static final int BYTES = 32; // HS256 signs with a key no shorter than its hash of 256 bits

    public Secrets {
        requireLong(JWT, jwt);
        requireLong(SRS, srs);
    }

    /** The data folder's secrets, generated if there are none; the environment comes first. */
    public static Secrets of(DataFolder data, Map<String, String> environment) {
        try {
            Properties kept = kept(data.path().resolve("secrets.properties"));
            return new Secrets(
                    value(JWT, environment, kept),
                    value(SRS, environment, kept),
                    value(POSTGRES, environment, kept),
                    value(PAYMENT, environment, kept));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> environment() {
        return Map.of(JWT, jwt, SRS, srs, POSTGRES, postgres, PAYMENT, payment);
    }

    private static String value(String name, Map<String, String> environment, Properties kept) {
        return Optional.ofNullable(environment.get(name))
                .filter(given -> !given.isBlank())
                .or(() -> Optional.ofNullable(kept.getProperty(name)))
                .orElseThrow(() -> new CliError(name + " is missing in secrets.properties of the data folder."));
    }

    private static Properties kept(Path file) throws IOException {
        if (!Files.exists(file)) {
            StringBuilder lines = new StringBuilder();
            List.of(JWT, SRS, POSTGRES, PAYMENT).forEach(name -> lines.append(name + "=" + generate() + "\n"));
            // Complete before it has its name, and never readable by others, not even for a moment.
            Path parent = Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh = Files.createTempFile(
                    parent,
                    "secrets",
                    null,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, lines);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Properties kept = new Properties();
        kept.load(new StringReader(Files.readString(file)));
        if (!kept.containsKey(PAYMENT)) { // a folder from before there were payments
            String secret = generate();
            Files.writeString(file, PAYMENT + "=" + secret + "\n", StandardOpenOption.APPEND);
            kept.setProperty(PAYMENT, secret);
        }
        return kept;
    }

    private static String generate() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void requireLong(String name, String value) {
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length < BYTES) {
            throw new CliError("%s has %d bytes and needs at least %d. A good one: openssl rand -base64 32"
                    .formatted(name, length, BYTES));
        }
    }
}
