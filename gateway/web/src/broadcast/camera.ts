/** The camera on the side of the screen, or the one on the back. */
export type Facing = 'user' | 'environment';

/** Why there is no picture to send. */
export type CameraProblem =
  | 'insecure' // browsers give a camera only to pages by https, and to localhost
  | 'denied'
  | 'missing'
  | 'busy'; // another program has it

export class CameraError extends Error {
  constructor(readonly problem: CameraProblem) {
    super(`No camera: ${problem}`);
  }
}

/** Portrait, as viewers hold their phones: 9:16. The larger side of a better camera is scaled down. */
const WIDTH = 720;
const HEIGHT = 1280;
const FRAME_RATE = 30;

/** Phones that are held upright turn the picture, and mean the sizes of the sensor, which lies. */
export function pictureSize(isUprightPhone: boolean): { width: number; height: number } {
  return isUprightPhone ? { width: HEIGHT, height: WIDTH } : { width: WIDTH, height: HEIGHT };
}

/** Opens camera and microphone, or the camera alone if the microphone is open already. */
export async function openCamera(facing: Facing, hasMicrophone: boolean): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  if (!mediaDevices) throw new CameraError('insecure');
  const { width, height } = pictureSize(matchMedia('(pointer: coarse) and (orientation: portrait)').matches);
  try {
    return await mediaDevices.getUserMedia({
      audio: hasMicrophone ? false : { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: {
        facingMode: facing,
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: FRAME_RATE, max: FRAME_RATE },
      },
    });
  } catch (error) {
    throw new CameraError(problemOf((error as DOMException).name));
  }
}

/** The number of cameras; browsers report it after the first one was permitted. */
export async function countCameras(): Promise<number> {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return devices.filter(({ kind }) => kind === 'videoinput').length;
}

function problemOf(name: string): CameraProblem {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'busy';
}
