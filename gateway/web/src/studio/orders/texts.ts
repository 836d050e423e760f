import { count } from '../../i18n/format';
import { textsOf } from '../../i18n/language';
import type { ShowOrder } from '../wire';

export const texts = textsOf({
  en: {
    loading: 'Loading the orders…',
    noneTitle: 'No orders yet',
    noneText: 'Orders appear here by themselves.',
    more: 'Older orders',
    filter: 'Orders to show',
    filters: { ALL: 'All', PENDING_PAYMENT: 'To pay', PAID: 'Paid', CANCELLED: 'Cancelled' },
    states: { PENDING_PAYMENT: 'Waits for payment', PAID: 'Paid', CANCELLED: 'Cancelled' } as Record<
      ShowOrder['status'],
      string
    >,
    units: (units: number) => `× ${count(units)}`,
    noneOfKind: 'There are none of this kind.',
  },
  ko: {
    loading: '주문을 불러오는 중이에요…',
    noneTitle: '아직 주문이 없어요',
    noneText: '주문이 들어오면 여기에 바로 보여요.',
    more: '이전 주문',
    filter: '표시할 주문',
    filters: { ALL: '전체', PENDING_PAYMENT: '결제 대기', PAID: '결제 완료', CANCELLED: '취소' },
    states: { PENDING_PAYMENT: '결제 대기', PAID: '결제 완료', CANCELLED: '취소됨' },
    units: (units: number) => `× ${count(units)}`,
    noneOfKind: '해당하는 주문이 없어요.',
  },
});
