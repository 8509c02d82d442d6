/* yaml_lib.h - libyaml's <yaml.h>, which our header of the same name hides.
 *
 * Included as <yaml_lib.h>, so that the search goes on behind the directory of this file.
 */
#ifndef YAML_LIB_H
#define YAML_LIB_H

/* #include_next is a GNU extension; -Wpedantic says so outside system headers. */
#pragma GCC system_header
#include_next <yaml.h>

#endif
