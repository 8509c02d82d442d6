/* installed.h - where `make install` puts the configuration. */
#ifndef INSTALLED_H
#define INSTALLED_H

extern const char installed_config[]; /* SYSCONFDIR/normavis/pipeline.yaml */

#endif
