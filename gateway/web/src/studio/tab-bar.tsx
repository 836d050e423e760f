import type { ReadonlySignal } from '@preact/signals';
import { shortCount } from '../i18n/format';
import type { StudioTab } from './studio-show';
import { texts } from './texts';

/** Paths of 24 by 24 pixels. */
const ICONS: Record<StudioTab, string> = {
  'on-air':
    'M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM7.5 7.5a6.4 6.4 0 0 0 0 9M16.5 7.5a6.4 6.4 0 0 1 0 9M4.5 4.5a10.6 10.6 0 0 0 0 15M19.5 4.5a10.6 10.6 0 0 1 0 15',
  products: 'M5 8h14l1 12H4zM9 10V6a3 3 0 0 1 6 0v4',
  chat: 'M4 5h16v11H9l-5 4z',
  orders: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  staff:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20a6 6 0 0 1 12 0M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.5A6 6 0 0 1 21 20',
  record: 'M4 20h16M6 16v-5M11 16V5M16 16V9',
};

interface TabBarProps {
  tabs: readonly StudioTab[];
  current: StudioTab | undefined;
  newOrders: ReadonlySignal<number>;
}

/** The parts of the studio: at the bottom of a phone, where the thumb is. */
export function TabBar({ tabs, current, newOrders }: TabBarProps) {
  return (
    <nav class="tab-bar" aria-label={texts.parts}>
      {tabs.map((tab) => (
        <a key={tab} href={`#${tab}`} aria-current={tab === current ? 'page' : undefined}>
          <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <path d={ICONS[tab]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" />
          </svg>
          <span>{texts.tabs[tab]}</span>
          {tab === 'orders' && newOrders.value > 0 && <span class="tab-count">{shortCount(newOrders.value)}</span>}
        </a>
      ))}
    </nav>
  );
}
