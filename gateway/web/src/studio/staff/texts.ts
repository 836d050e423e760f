import { textsOf } from '../../i18n/language';
import type { StaffAuditEntry, StaffMember } from '../wire';

export const texts = textsOf({
  en: {
    userId: 'User id',
    role: 'Role',
    roles: { MODERATOR: 'Moderator', COHOST: 'Co-host' } as Record<StaffMember['role'], string>,
    roleHints: {
      MODERATOR: 'Looks after the chat.',
      COHOST: 'Chat, products, orders and figures. At most five.',
    } as Record<StaffMember['role'], string>,
    add: 'Add',
    remove: 'Remove',
    removeMember: (name: string) => `Remove ${name}`,
    removeQuestion: (name: string) => `Remove ${name} from the staff?`,
    nobody: 'No one helps with this show yet.',
    audit: 'Changes of the staff',
    actions: { ADDED: 'added', CHANGED: 'changed', REMOVED: 'removed' } as Record<StaffAuditEntry['action'], string>,
  },
  ko: {
    userId: '사용자 ID',
    role: '역할',
    roles: { MODERATOR: '채팅 관리자', COHOST: '공동 진행자' },
    roleHints: {
      MODERATOR: '채팅을 관리해요.',
      COHOST: '채팅과 상품을 관리하고 주문과 결과를 볼 수 있어요. 5명까지 가능해요.',
    },
    add: '추가하기',
    remove: '내보내기',
    removeMember: (name: string) => `${name}님 내보내기`,
    removeQuestion: (name: string) => `${name}님을 스태프에서 내보낼까요?`,
    nobody: '아직 함께하는 스태프가 없어요.',
    audit: '스태프 변경 기록',
    actions: { ADDED: '추가', CHANGED: '역할 변경', REMOVED: '내보냄' },
  },
});
