import { useComputed, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { PlayerView } from '../player/player-view';
import { FeaturedCard } from '../shop/featured-card';
import { ProductSheet } from '../shop/product-sheet';
import { ShopPanel } from '../shop/shop-panel';
import { ConnectionNote } from '../show/connection-note';
import { NoticeBar } from '../show/notice-bar';
import { usePictureShape } from '../show/picture-shape';
import { Stage } from '../show/stage';
import { texts } from '../show/texts';
import { PageHeader } from '../ui/page-header';
import { renderPage } from '../ui/render-page';
import { LiveRoom } from './live-room';
import { ModeratedChat } from './moderated-chat';
import './live.css';

const STREAM_KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** The page of one show: `/live/KEY`. */
function LivePage({ room }: { room: LiveRoom }) {
  const { show, next, toasts, notice, shop, player } = room;
  const main = useRef<HTMLElement>(null);
  const shape = usePictureShape(main);
  const visibleShape = useComputed(() => (show.isLive.value ? shape.value : 'landscape'));

  useSignalEffect(() => {
    const title = show.state.value === 'unknown' ? texts.unknownTitle : show.about.value.title;
    document.title = [show.isLive.value ? `● ${title}` : title, 'Dorami'].filter(Boolean).join(' · ');
  });
  return (
    <>
      <PageHeader userId={room.userId.value} next={location.pathname + location.search} />
      <NoticeBar notice={notice} />
      <main ref={main} class="room" data-state={show.state.value} data-picture={visibleShape.value}>
        <Stage
          show={show}
          next={next}
          toasts={toasts}
          connection={<ConnectionNote connection={room.connection} />}
          picture={<PlayerView player={player} poster={show.about.value.thumbnailUrl} />}
          featured={<FeaturedCard shop={shop} />}
        />
        <ShopPanel shop={shop} />
        <ModeratedChat room={room} />
      </main>
      <ProductSheet shop={shop} />
    </>
  );
}

const room = new LiveRoom(location.pathname.replace(/\/+$/, '').split('/').pop() ?? '');
if (STREAM_KEY.test(room.show.streamKey)) room.start();
else room.show.onUnknown();
renderPage(<LivePage room={room} />);
