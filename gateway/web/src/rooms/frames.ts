import type { components } from '../generated/events';

type Schemas = components['schemas'];

/** A frame from the gateway; `event` determines the type of `data`. */
export type ServerFrame = Schemas['ServerFrame'];
export type ServerEvent = ServerFrame['event'];
/** The data of an event. */
export type EventData<E extends ServerEvent> = Extract<ServerFrame, { event: E }>['data'];
export type ClientFrame = Schemas['ClientFrame'];
