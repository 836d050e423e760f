/** Distances to the newest media, in seconds. */
export interface LiveEdgePolicy {
  /** Where the picture should be. */
  target: number;
  /** The target's limit; each rebuffering moves the target by one `targetStep`, because the network needs a larger buffer. */
  maxTarget: number;
  targetStep: number;
  /** The picture is sped up from this far behind the target. */
  tolerance: number;
  rate: number;
  /** The picture jumps to the target from this distance. */
  seekBeyond: number;
}

/** The part of a video element that is needed to move its picture. */
export type Playhead = Pick<HTMLVideoElement, 'currentTime' | 'playbackRate' | 'readyState' | 'paused'>;

const HAVE_FUTURE_DATA = 3; // readyState of an element that is not starved

/** Keeps a picture near the live edge: by its playback rate first, and by a jump if it is too far behind. */
export class LiveEdgeChaser {
  private target: number;
  private isCatchingUp = false;
  private wasStarved = true; // as before the first frame, which is no rebuffering

  constructor(private readonly policy: LiveEdgePolicy) {
    this.target = policy.target;
  }

  /** `edge` is the position of the newest media, in seconds. */
  follow(video: Playhead, edge: number): void {
    if (video.paused) return;
    const { maxTarget, targetStep, tolerance, rate, seekBeyond } = this.policy;
    const isStarved = video.readyState < HAVE_FUTURE_DATA;
    if (isStarved && !this.wasStarved) this.target = Math.min(maxTarget, this.target + targetStep);
    this.wasStarved = isStarved;

    const distance = edge - video.currentTime;
    if (distance > seekBeyond) {
      this.seek(video, edge);
      return;
    }
    if (distance <= this.target) this.isCatchingUp = false;
    else if (distance > this.target + tolerance) this.isCatchingUp = true;
    const nextRate = this.isCatchingUp ? rate : 1;
    if (video.playbackRate !== nextRate) video.playbackRate = nextRate;
  }

  /** Jumps to the live edge, if the picture is behind it. */
  seek(video: Playhead, edge: number): void {
    this.isCatchingUp = false;
    this.wasStarved = true; // a jump is no rebuffering
    if (edge - this.target > video.currentTime) video.currentTime = edge - this.target;
    video.playbackRate = 1;
  }
}
