package io.dorami.local.cli;

import io.dorami.contracts.User;
import io.dorami.local.system.Secrets;
import io.dorami.signing.AccessToken;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dorami token}: prints an access token, signed with the secret of the data folder. */
@Command(name = "token", description = "Prints a signed access token.", mixinStandardHelpOptions = true)
final class TokenCommand implements Runnable {

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--user", defaultValue = "u1", description = "User id (default: ${DEFAULT-VALUE}).")
    private String user = "u1";

    @Option(names = "--name", defaultValue = "Kim", description = "Name shown in chat (default: ${DEFAULT-VALUE}).")
    private String name = "Kim";

    @Option(names = "--email", description = "E-mail address (default: <user>@example.com).")
    private @Nullable String email;

    @Option(names = "--role", defaultValue = "USER", description = "One of: ${COMPLETION-CANDIDATES}.")
    private User.Role role = User.Role.USER;

    @Option(names = "--expires", defaultValue = "PT12H", description = "Valid for (default: ${DEFAULT-VALUE}).")
    private Duration expires = Duration.ofHours(12);

    @Override
    public void run() {
        AccessToken token = AccessToken.of(new User(user, name, role), expires);
        if (email != null) {
            token = token.withEmail(email);
        }
        System.out.println(token.sign(Secrets.of(data.folder(), System.getenv()).jwt()));
    }
}
