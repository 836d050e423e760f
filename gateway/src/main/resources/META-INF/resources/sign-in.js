// Back to where the visitor came from, if that is a page of ours: "//host" and "/\host" would lead elsewhere.
const next = new URLSearchParams(location.search).get('next') ?? '/';
document.querySelector('input[name=next]').value = /^\/(?![/\\])/.test(next) ? next : '/';
document.querySelector('#user').focus();
