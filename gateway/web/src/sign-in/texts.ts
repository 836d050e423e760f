import { textsOf } from '../i18n/language';

export const texts = textsOf({
  en: {
    title: 'Dorami: sign in (development)',
    signIn: 'Sign in',
    warningTitle: 'Development only.',
    warning:
      "Sign in as any user, without a password. This form works on a developer's machine; elsewhere the gateway rejects it.",
    userId: 'User id',
    userIdRule: 'Letters, digits and signs, without spaces',
    name: 'Name in chat',
    nameRule: 'A name, not only spaces',
    role: 'Role',
    viewer: 'Viewer',
    admin: 'Administrator',
  },
  ko: {
    title: 'Dorami: 로그인 (개발용)',
    signIn: '로그인',
    warningTitle: '개발 전용이에요.',
    warning:
      '비밀번호 없이 아무 사용자로나 로그인할 수 있어요. 개발자의 컴퓨터에서만 동작하고, 다른 곳에서는 거부돼요.',
    userId: '사용자 아이디',
    userIdRule: '공백 없이 영문자, 숫자, 기호로 입력해 주세요',
    name: '채팅 이름',
    nameRule: '공백만으로는 이름을 쓸 수 없어요',
    role: '역할',
    viewer: '시청자',
    admin: '관리자',
  },
});
