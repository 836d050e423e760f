// Returns the user to the previous page, if that is one of ours: "//host" and "/\host" would lead to another site.
const next = new URLSearchParams(location.search).get('next') ?? '/';
document.querySelector('input[name=next]').value = /^\/(?![/\\])/.test(next) ? next : '/';
document.querySelector('#user').focus();
