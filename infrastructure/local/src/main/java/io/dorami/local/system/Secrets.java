package io.dorami.local.system;

import io.dorami.local.CliError;
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

/**
 * Secrets of the system: from the environment, else generated once and stored in a file that only the owner can read.
 */
public record Secrets(String jwt, String srs, String postgres, String payment) {

    private static final String JWT_VARIABLE = "DORAMI_JWT_SECRET";
    private static final String SRS_VARIABLE = "DORAMI_SRS_SECRET";
    private static final String POSTGRES_VARIABLE = "DORAMI_POSTGRES_PASSWORD";
    private static final String PAYMENT_VARIABLE = "DORAMI_PAYMENT_SECRET";

    private static final int MIN_BYTES = 32; // HS256 needs a key of at least 256 bits, the length of its hash

    public Secrets {
        requireLength(JWT_VARIABLE, jwt);
        requireLength(SRS_VARIABLE, srs);
    }

    /** Reads or generates the secrets of the data folder. Variables of the environment take precedence. */
    public static Secrets of(DataFolder data, Map<String, String> environment) {
        try {
            Properties stored = loadStored(file(data));
            return new Secrets(
                    value(JWT_VARIABLE, environment, stored),
                    value(SRS_VARIABLE, environment, stored),
                    value(POSTGRES_VARIABLE, environment, stored),
                    value(PAYMENT_VARIABLE, environment, stored));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of the generated secrets. */
    public static Path file(DataFolder data) {
        return data.path().resolve("secrets.properties");
    }

    Map<String, String> environment() {
        return Map.of(JWT_VARIABLE, jwt, SRS_VARIABLE, srs, POSTGRES_VARIABLE, postgres, PAYMENT_VARIABLE, payment);
    }

    private static String value(String name, Map<String, String> environment, Properties stored) {
        return Optional.ofNullable(environment.get(name))
                .filter(given -> !given.isBlank())
                .or(() -> Optional.ofNullable(stored.getProperty(name)))
                .orElseThrow(() ->
                        new CliError(name + ": add it to secrets.properties in the data folder, or set the variable."));
    }

    private static Properties loadStored(Path file) throws IOException {
        if (!Files.exists(file)) {
            StringBuilder lines = new StringBuilder();
            List.of(JWT_VARIABLE, SRS_VARIABLE, POSTGRES_VARIABLE, PAYMENT_VARIABLE)
                    .forEach(name -> lines.append(name + "=" + generate() + "\n"));
            // The file is complete before it gets its name, and at no time readable by others.
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
        Properties stored = new Properties();
        stored.load(new StringReader(Files.readString(file)));
        if (!stored.containsKey(PAYMENT_VARIABLE)) { // a folder from before payments existed
            String secret = generate();
            Files.writeString(file, PAYMENT_VARIABLE + "=" + secret + "\n", StandardOpenOption.APPEND);
            stored.setProperty(PAYMENT_VARIABLE, secret);
        }
        return stored;
    }

    private static String generate() {
        byte[] bytes = new byte[MIN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void requireLength(String name, String value) {
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length < MIN_BYTES) {
            throw new CliError("%s: expected at least %d bytes, got %d. Generate one with: openssl rand -base64 32"
                    .formatted(name, MIN_BYTES, length));
        }
    }
}
