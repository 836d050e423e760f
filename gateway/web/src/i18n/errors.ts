import { textsOf } from './language';

interface CodedError {
  errorCode: string;
  message: string;
}

/** Texts by error code. Codes with several meanings are missing where the server's message says more. */
const texts = textsOf<Record<string, string>>({
  en: {
    '': 'The server cannot be reached. Try again in a moment.',
    UNAUTHORIZED: 'Your sign-in is no longer valid. Sign in again.',
    CSRF_TOKEN_MISSING: 'Your sign-in is no longer valid. Sign in again.',
    CSRF_TOKEN_INVALID: 'Your sign-in is no longer valid. Sign in again.',
    FORBIDDEN: 'You may not do this.',
    SOLD_OUT: 'Sold out: fewer are left than you asked for.',
    SALE_ENDED: 'The sale of this product has ended.',
    CART_EXPIRED: 'An item is no longer held for you. Add the product again.',
    PRODUCT_NOT_FOUND: 'This product is no longer for sale.',
    CART_ITEM_NOT_FOUND: 'This item is no longer in your cart.',
    RESERVATION_NOT_FOUND: 'You no longer wait for this product.',
    ORDER_NOT_FOUND: 'This order does not exist.',
    INTERNAL_ERROR: 'Something went wrong. Try again in a moment.',
    BAD_GATEWAY: 'The service does not respond. Try again in a moment.',
    BUSY: 'Too busy right now. Try again in a moment.',
  },
  ko: {
    '': '서버에 연결할 수 없어요. 잠시 후 다시 시도해 주세요.',
    UNAUTHORIZED: '로그인이 만료됐어요. 다시 로그인해 주세요.',
    CSRF_TOKEN_MISSING: '로그인이 만료됐어요. 다시 로그인해 주세요.',
    CSRF_TOKEN_INVALID: '로그인이 만료됐어요. 다시 로그인해 주세요.',
    FORBIDDEN: '이 작업을 할 권한이 없어요.',
    SOLD_OUT: '남은 수량이 부족해요.',
    SALE_ENDED: '판매가 끝난 상품이에요.',
    CART_EXPIRED: '보관 시간이 지났어요. 상품을 다시 담아 주세요.',
    PRODUCT_NOT_FOUND: '더 이상 판매하지 않는 상품이에요.',
    CART_ITEM_NOT_FOUND: '장바구니에 없는 상품이에요.',
    RESERVATION_NOT_FOUND: '대기 신청 내역이 없어요.',
    ORDER_NOT_FOUND: '주문을 찾을 수 없어요.',
    CONFLICT: '상태가 바뀌어 처리할 수 없어요. 확인하고 다시 시도해 주세요.',
    RATE_LIMIT_EXCEEDED: '요청이 너무 많거나 한도를 넘었어요. 잠시 후 다시 시도해 주세요.',
    VALIDATION_ERROR: '입력한 내용을 확인해 주세요.',
    INTERNAL_ERROR: '문제가 생겼어요. 잠시 후 다시 시도해 주세요.',
    BAD_GATEWAY: '서비스가 응답하지 않아요. 잠시 후 다시 시도해 주세요.',
    BUSY: '지금 이용자가 많아요. 잠시 후 다시 시도해 주세요.',
  },
});

/** The text of an error in the user's language if its code is known here, else the server's message. */
export const errorText = ({ errorCode, message }: CodedError): string => texts[errorCode] ?? message;
