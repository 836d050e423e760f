package io.dorami.stream.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.Staff.Role;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StaffListTest {

    private static final StaffList EMPTY =
            new StaffList(UUID.randomUUID(), new StreamKey("KEYA"), "host", 7, List.of());

    @Test
    void eachChangeIncrementsTheVersion() {
        StaffList named = EMPTY.with(member("kim", Role.MODERATOR)).with(member("kim", Role.COHOST));
        assertThat(named.toStaff()).isEqualTo(new Staff(9, List.of(new Staff.Member("kim", Role.COHOST))));
        assertThat(named.without("kim").toStaff()).isEqualTo(new Staff(10, List.of()));
    }

    @Test
    void ownershipComesBeforeOtherRoles() {
        StaffList list = EMPTY.with(member("kim", Role.COHOST));
        assertThat(list.roleOf(new User("host", "Hana", User.Role.ADMIN))).contains(ShowRole.OWNER);
        assertThat(list.roleOf(new User("kim", "Kim", User.Role.ADMIN))).contains(ShowRole.ADMIN);
        assertThat(list.roleOf(new User("kim", "Kim", User.Role.USER))).contains(ShowRole.COHOST);
        assertThat(list.roleOf(new User("lee", "Lee", User.Role.USER))).isEmpty();
    }

    @Test
    void ownerCannotBeNamed() {
        assertConflict(EMPTY, member("host", Role.COHOST));
    }

    @Test
    void sixthCohostIsRejected() {
        StaffList full = EMPTY;
        for (int i = 0; i < Staff.MAX_COHOSTS; i++) {
            full = full.with(member("cohost-" + i, Role.COHOST));
        }
        assertConflict(full, member("kim", Role.COHOST));
        full = full.with(member("kim", Role.MODERATOR));
        assertConflict(full, member("kim", Role.COHOST));
        assertThat(full.with(member("cohost-0", Role.COHOST)).members()).hasSize(6);
    }

    @Test
    void twentyFirstMemberIsRejected() {
        StaffList full = EMPTY;
        for (int i = 0; i < Staff.MAX_MEMBERS; i++) {
            full = full.with(member("moderator-" + i, Role.MODERATOR));
        }
        assertConflict(full, member("kim", Role.MODERATOR));
        assertThat(full.with(member("moderator-0", Role.COHOST)).members()).hasSize(Staff.MAX_MEMBERS);
    }

    private static void assertConflict(StaffList list, StaffMember member) {
        assertThatThrownBy(() -> list.with(member))
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    private static StaffMember member(String userId, Role role) {
        return new StaffMember(userId, userId, role, "host", Instant.EPOCH);
    }
}
