import { useComputed, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { settings } from '../api/settings';
import { dayAndTime, duration, shortCount } from '../i18n/format';
import { ConnectionNote } from '../show/connection-note';
import { now } from '../ui/now';
import { PageHeader, signInAddress } from '../ui/page-header';
import { EditShow } from './edit-show';
import { ModerationPanel } from './moderation/moderation-panel';
import { CameraPanel } from './on-air/camera-panel';
import { OnAir } from './on-air/on-air';
import { OnAirPanel } from './on-air/on-air-panel';
import { SourceChoice } from './on-air/source-choice';
import { OrdersPanel } from './orders/orders-panel';
import { ShowOrders } from './orders/show-orders';
import { ProblemNote } from './problem-note';
import { ProductsPanel } from './products/products-panel';
import { ShowProducts } from './products/show-products';
import { RecordPage } from './record/record-page';
import { ShowBadge } from './show-badge';
import { StaffPanel } from './staff/staff-panel';
import { place } from './studio-place';
import type { StudioRoom } from './studio-room';
import { isInCharge, type StudioShow, type StudioTab, tabsOf } from './studio-show';
import { TabBar } from './tab-bar';
import { texts } from './texts';

/** The studio of one show: `/studio/KEY`. */
export function ShowPage({ room }: { room: StudioRoom }) {
  const show = room.show.value;
  const access = room.access.value;
  useEffect(() => {
    if (access === 'signed-out' && !room.userId.peek()) location.replace(signInAddress(location.pathname));
  }, [access, room]);
  useSignalEffect(() => {
    document.title = [room.show.value?.title, texts.studio, 'Dorami'].filter(Boolean).join(' · ');
  });
  return (
    <>
      <PageHeader userId={room.userId.value} next={location.pathname} />
      {access === 'granted' && show ? <Parts room={room} show={show} /> : <Gate room={room} />}
    </>
  );
}

/** What the page shows to those who cannot run the show, and until the role is known. */
function Gate({ room }: { room: StudioRoom }) {
  const access = room.access.value;
  const error = room.error.value;
  if (access === 'none') {
    return (
      <Message title={texts.noRoleTitle} text={texts.noRoleText}>
        <a class="button" href="/studio">
          {texts.myShows}
        </a>
      </Message>
    );
  }
  if (access === 'signed-out') {
    return (
      <Message title={texts.signInTitle}>
        <a class="button" href={signInAddress(location.pathname)}>
          {texts.signIn}
        </a>
      </Message>
    );
  }
  return (
    <main class="studio-main">
      <ProblemNote error={error} onRetry={() => room.load()} />
      {!error && (
        <p class="studio-note" role="status">
          {texts.loading}
        </p>
      )}
    </main>
  );
}

function Message({ title, text, children }: { title: string; text?: string; children: ComponentChildren }) {
  return (
    <main class="studio-main">
      <div class="studio-card studio-empty">
        <h1>{title}</h1>
        {text && <p>{text}</p>}
        {children}
      </div>
    </main>
  );
}

/** The tabs, whose stores live as long as the page, so that a change of the tab loses nothing. */
function Parts({ room, show }: { room: StudioRoom; show: StudioShow }) {
  const tabs = tabsOf(show);
  const [first = '', ...rest] = place.value;
  const tab = (tabs as readonly string[]).includes(first) ? (first as StudioTab) : (tabs[0] ?? 'chat');
  const [products] = useState(() => new ShowProducts(show.streamKey, room.toast));
  const [orders] = useState(() => new ShowOrders(show.streamKey));
  const [onAir] = useState(() => new OnAir(show, room));
  const isSeller = tabs.includes('products');
  const isChief = isInCharge(show);

  useEffect(() => (isSeller ? room.addListener(products) : undefined), [isSeller, room, products]);
  useEffect(() => (isSeller ? products.start() : undefined), [isSeller, products]);
  useEffect(() => (isSeller ? room.addListener(orders) : undefined), [isSeller, room, orders]);
  useEffect(() => (isSeller ? onAir.start() : undefined), [isSeller, onAir]);
  useEffect(() => {
    if (isChief) onAir.session.load();
  }, [isChief, onAir]);

  return (
    <>
      <main class="studio-main studio-part" data-tab={tab}>
        <ShowHead room={room} show={show} />
        <h2 class="hidden-text">{texts.tabs[tab]}</h2>
        {tab === 'on-air' && first !== 'edit' && show.role === 'OWNER' && settings.webrtc && (
          <SourceChoice onAir={onAir} />
        )}
        {isChief && onAir.source.value === 'camera' && (
          // Stays in the page, because the broadcast ends with it.
          <div class="camera-slot" hidden={tab !== 'on-air' || first === 'edit'}>
            <CameraPanel session={onAir.session} isLive={show.status === 'LIVE'} />
          </div>
        )}
        {isChief && first === 'edit' ? (
          <EditShow show={show} session={onAir.session} room={room} />
        ) : (
          <Part tab={tab} rest={rest} {...{ room, show, products, orders, onAir }} />
        )}
      </main>
      {tabs.length > 1 && <TabBar tabs={tabs} current={first === 'edit' ? undefined : tab} newOrders={orders.unseen} />}
      <p id="toast" class={`studio-toast ${room.toasts.isVisible.value ? 'shown' : ''}`} role="status">
        <bdi>{room.toasts.text.value}</bdi>
      </p>
    </>
  );
}

interface PartProps {
  tab: StudioTab;
  /** The place within the part. */
  rest: readonly string[];
  room: StudioRoom;
  show: StudioShow;
  products: ShowProducts;
  orders: ShowOrders;
  onAir: OnAir;
}

function Part({ tab, rest, room, show, products, orders, onAir }: PartProps) {
  switch (tab) {
    case 'on-air':
      return <OnAirPanel show={show} onAir={onAir} room={room} />;
    case 'products':
      return <ProductsPanel store={products} place={rest} toast={room.toast} />;
    case 'orders':
      return <OrdersPanel store={orders} />;
    case 'chat':
      return <ModerationPanel show={show} room={room} />;
    case 'staff':
      return <StaffPanel show={show} />;
    case 'record':
      return <RecordPage show={show} />;
  }
}

/** The title and the state of the show, above all parts. */
function ShowHead({ room, show }: { room: StudioRoom; show: StudioShow }) {
  const viewers = room.live.viewerCount.value;
  const onAirTime = useComputed(() => {
    const startedAt = room.live.startedAt.value;
    return startedAt === null ? '' : duration(now.value - startedAt);
  });
  const isLive = show.status === 'LIVE';
  return (
    <div class="studio-head">
      <a class="studio-back" href="/studio">
        <span aria-hidden="true">‹</span>
        <span class="hidden-text">{texts.myShows}</span>
      </a>
      <div class="studio-head-text">
        <h1>
          <bdi>{show.title}</bdi>
        </h1>
        <p class="studio-head-state">
          <ShowBadge show={show} />
          {isLive && <span role="timer">{onAirTime}</span>}
          {isLive && viewers !== null && <span>{texts.watching(shortCount(viewers))}</span>}
          {show.status === 'PENDING' && show.scheduledAt && (
            <time dateTime={show.scheduledAt}>{texts.planned(dayAndTime(show.scheduledAt))}</time>
          )}
          <ConnectionNote connection={room.connection} />
        </p>
      </div>
      {isInCharge(show) && (
        <a class="quiet-link" href="#edit">
          {texts.edit}
        </a>
      )}
    </div>
  );
}
