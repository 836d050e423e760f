package io.dorami.service.rest;

import static java.lang.annotation.ElementType.METHOD;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A read whose response is the same for every caller, and that viewers poll. {@link CacheHeaders} lets a shared cache keep
 * the response for a second. A method with this annotation must not read who calls.
 */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target(METHOD)
public @interface PublicRead {}
