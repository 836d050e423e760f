import { signal } from '@preact/signals';
import { type ApiError, change, get } from '../../api/client';
import type { StaffAudit, StaffAuditEntry, StaffMember, StaffMembers } from '../wire';

const AUDIT_SIZE = 50;

/** The people who help with a show, and who named them. */
export class ShowStaff {
  readonly members = signal<readonly StaffMember[] | undefined>(undefined);
  readonly audit = signal<readonly StaffAuditEntry[]>([]);
  readonly error = signal<ApiError | undefined>(undefined);
  /** Why the last change was refused. */
  readonly refusal = signal<ApiError | undefined>(undefined);
  readonly isBusy = signal(false);

  private readonly path: string;

  constructor(streamId: string) {
    this.path = `/api/streaming/${streamId}/staff`;
  }

  async load(): Promise<void> {
    try {
      const [{ members }, { entries }] = await Promise.all([
        get<StaffMembers>(this.path),
        get<StaffAudit>(`${this.path}/audit?limit=${AUDIT_SIZE}`),
      ]);
      this.members.value = members;
      this.audit.value = entries;
      this.error.value = undefined;
    } catch (error) {
      this.error.value = error as ApiError;
    }
  }

  /** Adds a person or changes the role. Returns true if that was done. */
  put(userId: string, role: StaffMember['role']): Promise<boolean> {
    return this.act(() => change('PUT', `${this.path}/${encodeURIComponent(userId)}`, { role }));
  }

  remove(userId: string): Promise<boolean> {
    return this.act(() => change('DELETE', `${this.path}/${encodeURIComponent(userId)}`));
  }

  private async act(action: () => Promise<unknown>): Promise<boolean> {
    if (this.isBusy.peek()) return false;
    this.isBusy.value = true;
    this.refusal.value = undefined;
    try {
      await action();
      await this.load();
      return true;
    } catch (error) {
      this.refusal.value = error as ApiError;
      return false;
    } finally {
      this.isBusy.value = false;
    }
  }
}
