import type { components } from '../generated/product-service';

type Schemas = components['schemas'];

/** Bodies of the product service's REST calls. */
export type Cart = Schemas['Cart'];
export type CartItem = Schemas['CartItem'];
export type Order = Schemas['Order'];
export type OrderPage = Schemas['OrderPage'];
export type Reservation = Schemas['Reservation'];
export type ReservationList = Schemas['ReservationList'];
export type FeaturedProduct = Schemas['FeaturedProduct'];
