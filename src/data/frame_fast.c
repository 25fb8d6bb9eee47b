/* The fast parser of plain lines. It never reports what it does not like: it gives up, and the
 * careful reader of csv.c reads the file again and says where and what. */
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/frame_internal.h"

#define BLOCK_BYTES ((size_t)1 << 21)
#define LINE_MAX_BYTES ((size_t)1 << 16)
#define FIELDS_MAX 4096

/* What one block of lines became. */
typedef struct piece {
    size_t n_rows;
    autki_frame *rows; /* NULL before and after its turn */
} piece;

typedef struct plan {
    const char *source;
    const autki_wanted *wanted;
    size_t n_wanted, n_fields;
    int32_t *slot; /* [n_fields] wanted column of a field, -1 = none */
    char delimiter;
    size_t data_offset; /* of the first line behind the header */
    size_t file_size;   /* 0 = not a plain file */
    int fd;
    piece *pieces;
    size_t n_pieces, pieces_capacity;
    bool understood;
} plan;

static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#if LDBL_MANT_DIG == 64
/* A mantissa of up to 19 digits over a power of ten that the 64-bit significand holds: one rounding
 * to 64 bits, and the second, to 53, is the same as rounding once unless the 11 bits dropped lie
 * at the tie. */
static bool divide_in_extended(uint64_t mantissa, int scale, double *value)
{
    if (scale > 22)
        return false;
    long double q = (long double)mantissa / (long double)power_of_ten[scale];
    uint64_t bits;
    memcpy(&bits, &q, sizeof bits);
    uint64_t dropped = bits & 0x7ff;
    if (dropped >= 0x3ff && dropped <= 0x401)
        return false;
    *value = (double)q;
    return true;
}
#else
static bool divide_in_extended(uint64_t mantissa, int scale, double *value)
{
    (void)mantissa;
    (void)scale;
    (void)value;
    return false;
}
#endif

/* The number in [from, stop); everything that is not digits with one point goes the slow way. */
static inline bool parse_number(const char *from, const char *stop, double *value)
{
    const char *p = from;
    bool negative = p < stop && *p == '-';
    p += negative;
    uint64_t mantissa = 0;
    const char *digits = p;
    while (p < stop && (unsigned)(*p - '0') < 10)
        mantissa = mantissa * 10 + (uint64_t)(*p++ - '0');
    int n_digits = (int)(p - digits), scale = 0;
    if (p < stop && *p == '.') {
        const char *point = ++p;
        while (p < stop && (unsigned)(*p - '0') < 10)
            mantissa = mantissa * 10 + (uint64_t)(*p++ - '0');
        scale = (int)(p - point);
        n_digits += scale;
    }
    if (p == stop && n_digits > 0 && n_digits <= 19) {
        double v;
        if (mantissa <= (uint64_t)1 << 53 && scale <= 22) {
            v = (double)mantissa / power_of_ten[scale];
        } else if (!divide_in_extended(mantissa, scale, &v)) {
            return autki_parse_double(from, (size_t)(stop - from), value);
        }
        *value = negative ? -v : v;
        return true;
    }
    if (autki_is_missing_number(from, (size_t)(stop - from))) {
        *value = NAN;
        return true;
    }
    return autki_parse_double(from, (size_t)(stop - from), value);
}

/* One field into its column; a factor's text is looked up only when it differs from the row above,
 * which in sorted data it seldom does. */
static bool store(autki_frame *f, size_t row, int32_t k, const char *from, const char *stop,
                  autk_status *st, autk_err *err)
{
    autki_frame_column *c = &f->columns[k];
    if (c->kind == AUTKI_NUMBER)
        return parse_number(from, stop, &c->number[row]);
    size_t len = (size_t)(stop - from);
    if (len == 0) {
        c->code[row] = -1;
        return true;
    }
    if (row > 0 && c->code[row - 1] >= 0) {
        const char *above = autki_dictionary_text(&c->levels, c->code[row - 1]);
        if (strncmp(above, from, len) == 0 && above[len] == '\0') {
            c->code[row] = c->code[row - 1];
            return true;
        }
    }
    *st = autki_dictionary_code(&c->levels, from, len, &c->code[row], err);
    return *st == AUTK_OK;
}

/* A field ends at the delimiter or the line's end. Quotes may stand around a field that holds no
 * quote, delimiter or line end; anything else is for the careful reader. */
static inline bool find_field(const char **from, const char **stop, const char *line_end,
                              char delimiter)
{
    const char *p = *from;
    if (p < line_end && *p == '"') {
        const char *close = memchr(p + 1, '"', (size_t)(line_end - p - 1));
        if (close == NULL || (close + 1 < line_end && close[1] != delimiter))
            return false;
        *from = p + 1;
        *stop = close;
        return true;
    }
    while (p < line_end && *p != delimiter) {
        if (*p == '"')
            return false;
        p++;
    }
    *stop = p;
    return true;
}

static bool parse_line(const plan *pl, autki_frame *f, const char *line, const char *line_end,
                       autk_status *st, autk_err *err)
{
    const char *at = line;
    for (size_t i = 0; i < pl->n_fields; i++) {
        const char *stop;
        bool quoted = at < line_end && *at == '"';
        if (!find_field(&at, &stop, line_end, pl->delimiter))
            return false;
        if (pl->slot[i] >= 0 && !store(f, f->n_rows, pl->slot[i], at, stop, st, err))
            return false;
        at = stop + quoted;
        if (i + 1 < pl->n_fields) {
            if (at >= line_end)
                return false; /* too few fields */
            at++;
        }
    }
    return at == line_end;
}

/* Whole lines [text, end) into a piece. *understood = false: let the careful reader look. */
static autk_status parse_lines(const plan *pl, piece *out, const char *text, const char *end,
                               bool *understood, autk_err *err)
{
    autki_frame *f = NULL;
    size_t capacity = 0;
    *understood = memchr(text, '\0', (size_t)(end - text)) == NULL;
    if (!*understood)
        return AUTK_OK;
    autk_status st = autki_frame_create(&f, pl->source, pl->wanted, pl->n_wanted, err);
    while (st == AUTK_OK && *understood && text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const char *next = stop != NULL ? stop + 1 : end;
        if (stop == NULL)
            stop = end;
        if (stop > text && stop[-1] == '\r')
            stop--;
        if (stop == text) {
            *understood = false; /* a blank line: rows and lines part ways */
            break;
        }
        if (f->n_rows == capacity) {
            size_t guess = f->n_rows + (size_t)(end - text) / (size_t)(next - text) + 16;
            st = autki_frame_reserve(f, &capacity, guess, err);
            if (st != AUTK_OK)
                break;
        }
        *understood = parse_line(pl, f, text, stop, &st, err);
        f->n_rows += *understood;
        text = next;
    }
    if (st != AUTK_OK || !*understood) {
        autki_frame_free(f);
        return st;
    }
    out->rows = f;
    out->n_rows = f->n_rows;
    return AUTK_OK;
}

static bool read_at(int fd, char *bytes, size_t size, size_t offset, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = pread(fd, bytes + *got, size - *got, (off_t)(offset + *got));
        if (n < 0)
            return false;
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return true;
}

/* Lines that begin in [chunk * BLOCK, (chunk + 1) * BLOCK) behind the header. */
static autk_status parse_block(size_t chunk, void *ctx, autk_err *err)
{
    plan *pl = ctx;
    size_t begin = pl->data_offset + chunk * BLOCK_BYTES, got;
    size_t lead = chunk > 0; /* the byte before tells whether a line begins here */
    size_t size = BLOCK_BYTES + LINE_MAX_BYTES + lead;
    if (size > pl->file_size - begin + lead)
        size = pl->file_size - begin + lead;
    char *bytes = autki_malloc(size + 1, 1);
    if (bytes == NULL)
        return autki_no_memory(err, size);
    bool understood = read_at(pl->fd, bytes, size, begin - lead, &got) && got == size;
    const char *from = bytes, *end = bytes + got;
    if (understood && lead) {
        from = memchr(bytes, '\n', got);
        from = from != NULL ? from + 1 : end;
        if ((size_t)(from - bytes) >= BLOCK_BYTES + lead)
            from = end; /* no line begins in this block */
    }
    if (understood && begin + BLOCK_BYTES < pl->file_size && from < end) {
        const char *last = bytes + lead + BLOCK_BYTES - 1; /* the last line begins at or before */
        const char *stop = memchr(last, '\n', (size_t)(end - last));
        understood = stop != NULL;
        end = understood ? stop + 1 : end;
    }
    autk_status st = AUTK_OK;
    if (understood)
        st = parse_lines(pl, &pl->pieces[chunk], from, end, &understood, err);
    free(bytes);
    if (st == AUTK_OK && !understood)
        st = autki_fail(err, AUTK_EPARSE, "not a plain table");
    return st;
}

static autk_status read_plain(plan *pl, int n_threads, autk_err *err)
{
    size_t left = pl->file_size - pl->data_offset;
    size_t n_pieces = (left + BLOCK_BYTES - 1) / BLOCK_BYTES;
    pl->pieces = autki_calloc(n_pieces, sizeof *pl->pieces);
    if (pl->pieces == NULL)
        return autki_no_memory(err, n_pieces * sizeof *pl->pieces);
    pl->n_pieces = n_pieces;
    autk_status st = autki_parallel_for(pl->n_pieces, n_threads, parse_block, pl, err);
    pl->understood = st == AUTK_OK;
    return st == AUTK_EPARSE ? AUTK_OK : st;
}

#define PACKED_BYTES ((size_t)1 << 20)
#define BATCH_BLOCKS 4

/* Blocks of whole lines of a packed file. */
typedef struct batch {
    char *bytes; /* [BATCH_BLOCKS x PACKED_BYTES] */
    const char *from[BATCH_BLOCKS], *end[BATCH_BLOCKS];
    bool understood[BATCH_BLOCKS];
    size_t n, first_piece;
} batch;

typedef struct stream {
    plan *pl;
    autk_input *input;
    char *rest; /* [PACKED_BYTES] the beginning of a line whose end is in the next block */
    size_t n_rest, skip;
    bool ended, understood;
    batch batches[2];
    int parsed; /* which of them is being parsed; the other is being filled */
} stream;

/* One block more of whole lines into a batch. */
static autk_status unpack_block(stream *s, batch *to, autk_err *err)
{
    char *bytes = to->bytes + to->n * PACKED_BYTES;
    size_t got = 0;
    memcpy(bytes, s->rest, s->n_rest);
    autk_status st =
        autk_input_read(s->input, bytes + s->n_rest, PACKED_BYTES - s->n_rest, &got, err);
    if (st != AUTK_OK)
        return st;
    s->ended = got < PACKED_BYTES - s->n_rest;
    char *from = bytes + s->skip, *stop = bytes + s->n_rest + got, *end = stop;
    while (!s->ended && end > from && end[-1] != '\n')
        end--;
    s->understood = s->ended || end > from; /* else a line is longer than a block */
    s->n_rest = (size_t)(stop - end);
    memcpy(s->rest, end, s->n_rest);
    s->skip = 0;
    to->from[to->n] = from;
    to->end[to->n++] = end;
    return AUTK_OK;
}

static autk_status unpack_batch(stream *s, batch *to, autk_err *err)
{
    autk_status st = AUTK_OK;
    to->n = 0;
    while (st == AUTK_OK && s->understood && !s->ended && to->n < BATCH_BLOCKS)
        st = unpack_block(s, to, err);
    return st;
}

/* While the blocks of one batch are parsed, the other batch is filled. */
static autk_status stream_chunk(size_t chunk, void *ctx, autk_err *err)
{
    stream *s = ctx;
    if (chunk == 0)
        return unpack_batch(s, &s->batches[!s->parsed], err);
    batch *b = &s->batches[s->parsed];
    size_t i = chunk - 1;
    return parse_lines(s->pl, &s->pl->pieces[b->first_piece + i], b->from[i], b->end[i],
                       &b->understood[i], err);
}

static autk_status parse_batch(stream *s, int n_threads, autk_err *err)
{
    plan *pl = s->pl;
    batch *b = &s->batches[s->parsed];
    autk_status st = autki_grow(&pl->pieces, &pl->pieces_capacity, pl->n_pieces + b->n,
                                sizeof *pl->pieces, SIZE_MAX / 64, err);
    if (st != AUTK_OK)
        return st;
    memset(pl->pieces + pl->n_pieces, 0, b->n * sizeof *pl->pieces);
    b->first_piece = pl->n_pieces;
    pl->n_pieces += b->n;
    st = autki_parallel_for(b->n + 1, n_threads, stream_chunk, s, err);
    for (size_t i = 0; st == AUTK_OK && i < b->n; i++)
        s->understood &= b->understood[i];
    s->parsed = !s->parsed;
    return st;
}

/* A packed file comes as a stream. */
static autk_status read_packed(plan *pl, const char *path, int n_threads, autk_err *err)
{
    stream s = {.pl = pl, .skip = pl->data_offset, .understood = true};
    autk_status st = AUTK_OK;
    s.rest = autki_malloc(PACKED_BYTES, 1);
    for (int i = 0; i < 2; i++)
        s.batches[i].bytes = autki_malloc(BATCH_BLOCKS, PACKED_BYTES);
    if (s.rest == NULL || s.batches[0].bytes == NULL || s.batches[1].bytes == NULL)
        st = autki_no_memory(err, (2 * BATCH_BLOCKS + 1) * PACKED_BYTES);
    if (st == AUTK_OK)
        st = autk_input_open(&s.input, path, err);
    if (st == AUTK_OK)
        st = unpack_batch(&s, &s.batches[0], err);
    while (st == AUTK_OK && s.understood && s.batches[s.parsed].n > 0)
        st = parse_batch(&s, n_threads, err);
    pl->understood = s.understood;
    autk_input_free(s.input);
    free(s.rest);
    free(s.batches[0].bytes);
    free(s.batches[1].bytes);
    return st;
}

static bool parse_header(plan *pl, const char *text, size_t len, const char *path, autk_status *st,
                         autk_err *err)
{
    const char *newline = memchr(text, '\n', len);
    if (newline == NULL)
        return false;
    pl->data_offset = (size_t)(newline - text) + 1;
    const char *at = text, *end = newline;
    if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    if (end > at && end[-1] == '\r')
        end--;
    pl->delimiter = autki_guess_delimiter(at, (size_t)(end - at));
    pl->slot = autki_malloc(FIELDS_MAX, sizeof *pl->slot);
    if (pl->slot == NULL) {
        *st = autki_no_memory(err, FIELDS_MAX * sizeof *pl->slot);
        return false;
    }
    size_t n_found = 0;
    for (;; at++) {
        const char *stop;
        bool quoted = at < end && *at == '"';
        if (!find_field(&at, &stop, end, pl->delimiter) || pl->n_fields == FIELDS_MAX)
            return false;
        int32_t *slot = &pl->slot[pl->n_fields++];
        *slot = -1;
        for (size_t k = 0; k < pl->n_wanted; k++) {
            if (strlen(pl->wanted[k].name) == (size_t)(stop - at) &&
                strncmp(pl->wanted[k].name, at, (size_t)(stop - at)) == 0) {
                *slot = (int32_t)k;
                n_found++;
            }
        }
        at = stop + quoted;
        if (at >= end)
            break;
    }
    (void)path;
    return n_found == pl->n_wanted; /* a missing column is told by the careful reader */
}

/* Look at the beginning of the file: what it is and what its header says. */
static bool look(plan *pl, const char *path, autk_status *st, autk_err *err)
{
    static const unsigned char magics[][4] = {
        {0x1f, 0x8b, 0, 0}, {0xfd, '7', 'z', 'X'}, {0x28, 0xb5, 0x2f, 0xfd}, {'B', 'Z', 'h', 0}};
    static const size_t magic_len[] = {2, 4, 4, 3};
    struct stat info;
    char *head = autki_malloc(LINE_MAX_BYTES, 1);
    size_t got = 0;
    if (head == NULL) {
        *st = autki_no_memory(err, LINE_MAX_BYTES);
        return false;
    }
    bool good = fstat(pl->fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
                read_at(pl->fd, head, LINE_MAX_BYTES, 0, &got);
    bool packed = false;
    for (size_t m = 0; good && m < 4; m++)
        packed |= got >= magic_len[m] && memcmp(head, magics[m], magic_len[m]) == 0;
    if (good && packed) {
        autk_input *input = NULL;
        *st = autk_input_open(&input, path, err);
        if (*st == AUTK_OK)
            *st = autk_input_read(input, head, LINE_MAX_BYTES, &got, err);
        autk_input_free(input);
        good = *st == AUTK_OK;
    } else if (good) {
        pl->file_size = (size_t)info.st_size;
    }
    good = good && parse_header(pl, head, got, path, st, err);
    free(head);
    return good;
}

/* Merge dictionaries in the order of the pieces, so that codes are in the order of first sight. */
static autk_status merge_factor(autki_frame *f, size_t k, plan *pl, autk_err *err)
{
    autki_frame_column *c = &f->columns[k];
    int32_t *map = NULL;
    size_t map_capacity = 0, row = 0;
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < pl->n_pieces; i++) {
        autki_frame_column *from = &pl->pieces[i].rows->columns[k];
        st = autki_grow(&map, &map_capacity, (size_t)from->levels.n_levels + 1, sizeof *map,
                        SIZE_MAX / 8, err);
        for (int32_t code = 0; st == AUTK_OK && code < from->levels.n_levels; code++) {
            const char *text = autki_dictionary_text(&from->levels, code);
            st = autki_dictionary_code(&c->levels, text, strlen(text), &map[code], err);
        }
        for (size_t r = 0; st == AUTK_OK && r < pl->pieces[i].n_rows; r++)
            c->code[row + r] = from->code[r] < 0 ? -1 : map[from->code[r]];
        row += pl->pieces[i].n_rows;
        free(from->code);
        from->code = NULL;
        autki_dictionary_deinit(&from->levels);
    }
    free(map);
    return st;
}

static void merge_number(autki_frame *f, size_t k, plan *pl)
{
    size_t row = 0;
    for (size_t i = 0; i < pl->n_pieces; i++) {
        autki_frame_column *from = &pl->pieces[i].rows->columns[k];
        if (pl->pieces[i].n_rows != 0)
            memcpy(f->columns[k].number + row, from->number, pl->pieces[i].n_rows * sizeof(double));
        row += pl->pieces[i].n_rows;
        free(from->number);
        from->number = NULL;
    }
}

typedef struct merging {
    autki_frame *frame;
    plan *pl;
} merging;

/* A column at a time, the pieces freed as they go: the peak is one column above the data. */
static autk_status merge_column(size_t k, void *ctx, autk_err *err)
{
    merging *m = ctx;
    autki_frame_column *c = &m->frame->columns[k];
    bool number = c->kind == AUTKI_NUMBER;
    size_t size = number ? sizeof *c->number : sizeof *c->code;
    void *room = autki_malloc(m->frame->n_rows, size);
    if (room == NULL)
        return autki_no_memory(err, m->frame->n_rows * size);
    if (!number) {
        c->code = room;
        return merge_factor(m->frame, k, m->pl, err);
    }
    c->number = room;
    merge_number(m->frame, k, m->pl);
    return AUTK_OK;
}

static autk_status merge(autki_frame **out, plan *pl, int n_threads, autk_err *err)
{
    autki_frame *f = NULL;
    autk_status st = autki_frame_create(&f, pl->source, pl->wanted, pl->n_wanted, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < pl->n_pieces; i++)
        f->n_rows += pl->pieces[i].n_rows;
    f->row_is_line = true; /* blank lines and quoted line ends make the parser give up */
    if (f->n_rows > AUTKI_FRAME_ROWS_MAX)
        st = autki_fail_at(err, AUTK_ELIMIT, pl->source, 0, 0, "expected at most %zu rows, got %zu",
                           AUTKI_FRAME_ROWS_MAX, f->n_rows);
    merging m = {.frame = f, .pl = pl};
    if (st == AUTK_OK)
        st = autki_parallel_for(pl->n_wanted, n_threads, merge_column, &m, err);
    if (st == AUTK_OK)
        *out = f;
    else
        autki_frame_free(f);
    return st;
}

autk_status autki_frame_read_fast(autki_frame **out, bool *understood, const char *path,
                                  const autki_wanted *wanted, size_t n_wanted, int n_threads,
                                  autk_err *err)
{
    plan pl = {.source = path, .wanted = wanted, .n_wanted = n_wanted};
    autk_status st = AUTK_OK;
    *understood = false;
    pl.fd = open(path, O_RDONLY);
    if (pl.fd < 0)
        return AUTK_OK; /* the careful reader says why */
    if (look(&pl, path, &st, err)) {
        st = pl.file_size != 0 ? read_plain(&pl, n_threads, err)
                               : read_packed(&pl, path, n_threads, err);
        if (st == AUTK_OK && pl.understood)
            st = merge(out, &pl, n_threads, err);
        *understood = st == AUTK_OK && pl.understood;
    }
    for (size_t i = 0; i < pl.n_pieces; i++)
        autki_frame_free(pl.pieces[i].rows);
    free(pl.pieces);
    free(pl.slot);
    close(pl.fd);
    return st;
}
