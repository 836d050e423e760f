import type { components as ChatService } from '../generated/chat-service';
import type { components as ProductService } from '../generated/product-service';
import type { components as StreamService } from '../generated/srs-hook-service';

type Streams = StreamService['schemas'];
type Products = ProductService['schemas'];

export type NewStream = Streams['NewStream'];
export type StreamChange = Streams['StreamChange'];
/** The role of the user in a show: its owner, a co-host, a moderator of its chat, or an administrator of the platform. */
export type ShowRole = Streams['ShowRole'];
/** The user's role in a show; null for none. */
export type CallerRole = Streams['CallerRole'];
/** A show of the list of those that the user owns or works for. */
export type MyShow = Streams['MyStream'];
export type MyShowPage = Streams['MyStreams'];
/** A stream as its owner and administrators see it; the owner's has the keys. */
export type Session = Streams['StreamSession'];
/** The connection of the encoder to the media server. */
export type EncoderState = Streams['EncoderReport'];
/** A show of the stream: each time that it was live. */
export type PastShow = Streams['PastShow'];

/** A person who helps with a show. */
export type StaffMember = Streams['StaffMember'];
export type StaffMembers = Streams['StaffMembers'];
/** The changes of the staff. */
export type StaffAudit = Streams['StaffAudit'];
export type StaffAuditEntry = Streams['AuditEntry'];

export type NewProduct = Products['NewProduct'];
export type ProductChange = Products['ProductChange'];
/** An order with the items that belong to a show; its total is the sum of these. */
export type ShowOrder = Products['ShowOrder'];
export type ShowOrderPage = Products['ShowOrderPage'];
/** What was sold in a time. */
export type ShowSales = Products['ShowSales'];
/** Something that happened to a product. */
export type ProductMoment = Products['ProductMoment'];

/** The number of messages of a show. */
export type ShowChat = ChatService['schemas']['ShowChat'];
