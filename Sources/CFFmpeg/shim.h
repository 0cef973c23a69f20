// What Swift cannot import of FFmpeg: function-like macros and what differs between versions 5.1, 6 and 7.
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

// Error codes and constants written as macros.
static inline int verb_error_again(void) { return AVERROR(EAGAIN); }
static inline int verb_error_end(void) { return AVERROR_EOF; }
static inline int verb_error_exit(void) { return AVERROR_EXIT; }
static inline int64_t verb_no_timestamp(void) { return AV_NOPTS_VALUE; }

// Frame and stream fields that moved.

// The frame's duration in its time base, 0 if unknown: renamed in libavutil 57.30.
static inline int64_t verb_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame->duration;
#else
  return frame->pkt_duration;
#endif
}

// Whether the picture is a key frame: a flag from libavutil 58.7, a field before.
static inline int verb_frame_is_key(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_KEY
  return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
  return frame->key_frame != 0;
#endif
}

// Whether the decoder says that the picture shows damage.
static inline int verb_frame_is_flagged(const AVFrame *frame) {
  return (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0;
}

// The stream's display matrix (nine fixed-point numbers) or NULL: moved to the codec parameters in libavformat 60.15.
static inline const int32_t *verb_stream_display_matrix(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
  const AVPacketSideData *data = av_packet_side_data_get(
      stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
  size_t size = 0;
  const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

// swscale, whose context is opaque up to 7.0 and a public struct later: here always `void *`.

// The flags are macros in 5.1 to 7.0 and an enumeration later.

// Decoding: swscale's special converter, the same in all versions when nothing is resized.
static inline int verb_scaler_decoding(void) { return SWS_BILINEAR; }
// Encoding: the most careful conversion.
static inline int verb_scaler_encoding(void) { return SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP; }

// `matrix` is an AVColorSpace number; ranges: 1 full, 0 limited. Returns NULL if there is no such conversion.
static inline void *verb_scaler_create(int from_width, int from_height, int from_format, int to_width, int to_height,
                                       int to_format, int flags, int matrix, int from_full, int to_full) {
  struct SwsContext *context =
      sws_getContext(from_width, from_height, (enum AVPixelFormat)from_format, to_width, to_height,
                     (enum AVPixelFormat)to_format, flags, NULL, NULL, NULL);
  if (context) {
    const int *coefficients = sws_getCoefficients(matrix);
    sws_setColorspaceDetails(context, coefficients, from_full, coefficients, to_full, 0, 1 << 16, 1 << 16);
  }
  return context;
}
static inline int verb_scaler_to_packed(void *scaler, const AVFrame *from, uint8_t *to, int stride) {
  uint8_t *planes[4] = {to, NULL, NULL, NULL};
  int strides[4] = {stride, 0, 0, 0};
  return sws_scale((struct SwsContext *)scaler, (const uint8_t *const *)from->data, from->linesize, 0, from->height,
                   planes, strides);
}
static inline int verb_scaler_from_packed(void *scaler, const uint8_t *from, int stride, int rows, AVFrame *to) {
  const uint8_t *planes[4] = {from, NULL, NULL, NULL};
  int strides[4] = {stride, 0, 0, 0};
  return sws_scale((struct SwsContext *)scaler, planes, strides, 0, rows, to->data, to->linesize);
}
static inline void verb_scaler_free(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

#endif
