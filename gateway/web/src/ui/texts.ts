import { textsOf } from '../i18n/language';

export const texts = textsOf({
  en: {
    signIn: 'Sign in',
    signedInAs: 'Signed in as',
    changeUser: 'Sign in as another user',
    studio: 'Studio',
    cancel: 'Cancel',
    noValues: 'There are no values yet.',
    asTable: 'Values as a table',
    time: 'Time',
  },
  ko: {
    signIn: '로그인',
    signedInAs: '로그인됨:',
    changeUser: '다른 사용자로 로그인',
    studio: '스튜디오',
    cancel: '취소',
    noValues: '아직 표시할 값이 없어요.',
    asTable: '표로 보기',
    time: '시간',
  },
});
