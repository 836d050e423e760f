package io.dorami.stream.staff;

import io.dorami.contracts.Staff;
import java.time.Instant;

/**
 * A member of the staff of a stream.
 *
 * @param name as the owner wrote it, because this service knows no other users; the user's id if the owner wrote none
 * @param addedBy the id of the user who gave the role
 */
public record StaffMember(String userId, String name, Staff.Role role, String addedBy, Instant addedAt) {}
