import { useEffect, useState } from 'preact/hooks';
import { csrfToken } from '../api/client';
import { MyShows } from '../studio/my-shows';
import { MyShowsPage } from '../studio/my-shows-page';
import { NewShowPage } from '../studio/new-show-page';
import { ShowPage } from '../studio/show-page';
import { followAddress, place } from '../studio/studio-place';
import { StudioRoom } from '../studio/studio-room';
import { PageHeader, signInAddress } from '../ui/page-header';
import { renderPage } from '../ui/render-page';
import '../studio/studio.css';

const STREAM_KEY = /^\/studio\/([A-Za-z0-9_-]{1,64})\/?$/;

/** The user's shows and the form for a new one: `/studio`. */
function ShowsPage() {
  const [store] = useState(() => new MyShows());
  const isSignedOut = store.isSignedOut.value;
  useEffect(() => {
    if (isSignedOut) location.replace(signInAddress('/studio'));
  }, [isSignedOut]);
  return (
    <>
      <PageHeader next={csrfToken() ? undefined : '/studio'} />
      {place.value[0] === 'new' ? <NewShowPage /> : <MyShowsPage store={store} />}
    </>
  );
}

followAddress();
const streamKey = STREAM_KEY.exec(location.pathname)?.[1];
if (streamKey) {
  const room = new StudioRoom(streamKey);
  room.start();
  renderPage(<ShowPage room={room} />);
} else {
  renderPage(<ShowsPage />);
}
