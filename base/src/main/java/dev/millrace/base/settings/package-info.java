/**
 * Settings: their names, types, defaults and limits, and which value counts when several places
 * name one.
 *
 * <p>{@link dev.millrace.base.settings.SettingTable} holds what is known of every setting (broker,
 * topic, group), read from this package's resource tables. {@link
 * dev.millrace.base.settings.StaticSettings} is what the operator wrote, checked; {@link
 * dev.millrace.base.settings.BrokerSettings} lays the dynamic layers over it; {@link
 * dev.millrace.base.settings.TopicSettings} lays a topic's own layer over that. All of them are
 * immutable values, safe for any thread; whoever needs a number on a hot path reads it once per
 * change. Wrong input is a {@link dev.millrace.base.settings.SettingException} whose message says
 * what was wrong and what is allowed.
 *
 * <p>The package knows no file and no log: names and texts come in, checked values go out. Start
 * with {@link dev.millrace.base.settings.Setting}.
 */
@NullMarked
package dev.millrace.base.settings;

import org.jspecify.annotations.NullMarked;
