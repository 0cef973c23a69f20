// What Swift cannot import of FFmpeg: function-like macros and fields that differ between versions 5.1, 6 and 7.
#ifndef VERB_CFFMPEG_SHIM_H
#define VERB_CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#endif
