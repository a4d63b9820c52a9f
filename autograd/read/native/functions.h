/* Elementwise functions of the C programs: branchless, so that a compiler makes vectors of the loops around them.
 *
 * They are exact to 3 units in the last place, at the ends of the range too, and at 0, inf and nan as NumPy's. They need
 * round to nearest and no excess precision, and must not be compiled with -ffast-math. Where the machine multiplies and
 * adds in one instruction, they do; without it they keep the same bounds.
 *
 * The methods are the textbook's (Muller, Elementary Functions, ch. 11; Tang, 1989 and 1990): the argument is reduced by
 * a multiple of ln 2 that is subtracted in two pieces, a minimax polynomial (tests/studies/minimax.py) does the rest, and
 * the exponent is put in as bits. Adding 1.5 * 2^52 rounds a number to an integer, and leaves it in the last bits.
 *
 * Blocks are divided by blank lines, and say in front what their functions do in both precisions. A program has the
 * functions that it calls, and those that they call: functions.py. */

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#if FLT_EVAL_METHOD != 0
#error "These functions need arithmetic without excess precision."
#endif

/* a * b + c, rounded once where that is one instruction. */
#if (defined(FP_FAST_FMA) && defined(FP_FAST_FMAF)) || defined(__FMA__) || defined(__aarch64__)
#define CG_MULADD(a, b, c) fma(a, b, c)
#else
#define CG_MULADD(a, b, c) ((a) * (b) + (c))
#endif

/* The same of floats. */
#if (defined(FP_FAST_FMA) && defined(FP_FAST_FMAF)) || defined(__FMA__) || defined(__aarch64__)
#define CG_MULADD_F(a, b, c) fmaf(a, b, c)
#else
#define CG_MULADD_F(a, b, c) ((a) * (b) + (c))
#endif

/* The bits of a number, and the number that has these bits. */
static inline uint64_t cg_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline double cg_from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline uint32_t cg_bits_f(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline float cg_from_bits_f(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2: minimax, e^r - 1 to 2^-61 of itself (float: 2^-31). */
static inline double cg_exp_rest(double r) {
    double r2 = r * r, r4 = r2 * r2;
    double a = CG_MULADD(0x1.5555555555559p-3, r, 0.5);
    double b = CG_MULADD(0x1.111111110f6aep-7, r, 0x1.555555555555ap-5);
    double c = CG_MULADD(0x1.a01a01afe53e3p-13, r, 0x1.6c16c16c1445ap-10);
    double d = CG_MULADD(0x1.71ddf85363cc3p-19, r, 0x1.a01a01b0b4379p-16);
    double e = CG_MULADD(0x1.af5ebf6be525bp-26, r, 0x1.27e4c5a6848ecp-22);
    double high = CG_MULADD(CG_MULADD(0x1.1f955af1375cbp-29, r2, e), r4, CG_MULADD(d, r2, c));
    return CG_MULADD(high, r4, CG_MULADD(b, r2, a));
}
static inline float cg_exp_rest_f(float r) {
    float r2 = r * r;
    float a = CG_MULADD_F(0x1.555556p-3f, r, 0.5f);
    float b = CG_MULADD_F(0x1.111090p-7f, r, 0x1.5554aep-5f);
    float c = CG_MULADD_F(0x1.a1a162p-13f, r, 0x1.6d7486p-10f);
    return CG_MULADD_F(CG_MULADD_F(c, r2, b), r2, a);
}

/* e^x = 2^n e^r. The power of 2 is put in twice, so that neither end of the range is left before the result leaves it
 * and a subnormal result is rounded once. */
static inline double cg_exp(double x) {
    x = 709.8 < x ? 709.8 : x;
    x = x < -745.2 ? -745.2 : x;
    double shifted = CG_MULADD(x, 0x1.71547652b82fep+0, 0x1.8p52), n = shifted - 0x1.8p52;
    double r = CG_MULADD(-n, 0x1.cf79abc9e3b3ap-40, CG_MULADD(-n, 0x1.62e42fefap-1, x));
    double y = 1 + CG_MULADD(r * r, cg_exp_rest(r), r);
    uint64_t exponent = cg_bits(shifted) + (0 < x ? 1023 - 1 : 1023 + 64);
    return y * cg_from_bits(exponent << 52) * (0 < x ? 2 : 0x1p-64);
}
static inline float cg_exp_f(float x) {
    x = 88.8f < x ? 88.8f : x;
    x = x < -104.0f ? -104.0f : x;
    float shifted = CG_MULADD_F(x, 0x1.715476p+0f, 0x1.8p23f), n = shifted - 0x1.8p23f;
    float r = CG_MULADD_F(-n, 0x1.7f7d1cp-20f, CG_MULADD_F(-n, 0x1.62e4p-1f, x));
    float y = 1 + CG_MULADD_F(r * r, cg_exp_rest_f(r), r);
    uint32_t exponent = cg_bits_f(shifted) + (0 < x ? 127 - 1 : 127 + 32);
    return y * cg_from_bits_f(exponent << 23) * (0 < x ? 2 : 0x1p-32f);
}

/* e^x - 1 = 2^n (e^r - 1) + (2^n - 1), where r keeps what its rounding lost. */
static inline double cg_expm1(double given) {
    double x = 709.8 < given ? 709.8 : given;
    x = x < -40 ? -40 : x;
    double shifted = CG_MULADD(x, 0x1.71547652b82fep+0, 0x1.8p52), n = shifted - 0x1.8p52;
    double high = CG_MULADD(-n, 0x1.62e42fefap-1, x), low = n * 0x1.cf79abc9e3b3ap-40, r = high - low;
    double p = r + CG_MULADD(r * r, cg_exp_rest(r), high - r - low);
    double half = cg_from_bits((cg_bits(shifted) + 1023 - 1) << 52);
    double y = 2 * CG_MULADD(half, p, half - 0.5);
    return fabs(given) < 0x1p-54 ? given : y;
}
static inline float cg_expm1_f(float given) {
    float x = 88.8f < given ? 88.8f : given;
    x = x < -20 ? -20 : x;
    float shifted = CG_MULADD_F(x, 0x1.715476p+0f, 0x1.8p23f), n = shifted - 0x1.8p23f;
    float high = CG_MULADD_F(-n, 0x1.62e4p-1f, x), low = n * 0x1.7f7d1cp-20f, r = high - low;
    float p = r + CG_MULADD_F(r * r, cg_exp_rest_f(r), high - r - low);
    float half = cg_from_bits_f((cg_bits_f(shifted) + 127 - 1) << 23);
    float y = 2 * CG_MULADD_F(half, p, half - 0.5f);
    return fabsf(given) < 0x1p-25f ? given : y;
}

/* tanh |x| = -E / (2 + E) with E = e^(-2|x|) - 1, which is exact near 0 and never overflows. */
static inline double cg_tanh(double x) {
    double e = cg_expm1(-2 * fabs(x));
    return copysign(e / (2 + e), x);
}
static inline float cg_tanh_f(float x) {
    float e = cg_expm1_f(-2 * fabsf(x));
    return copysignf(e / (2 + e), x);
}

/* 1 / (1 + e^-x), from e^-|x|: e^x / (1 + e^x) below 0, which does not end at the range of e^-x. */
static inline double cg_sigmoid(double x) {
    double e = cg_exp(-fabs(x));
    return (x < 0 ? e : 1) / (1 + e);
}
static inline float cg_sigmoid_f(float x) {
    float e = cg_exp_f(-fabsf(x));
    return (x < 0 ? e : 1) / (1 + e);
}

/* (ln((1 + s) / (1 - s)) - 2s) / s for z = s^2, |s| <= (sqrt 2 - 1) / (sqrt 2 + 1): minimax, the logarithm to 2^-59
 * of itself (float: 2^-30). */
static inline double cg_log_rest(double z) {
    double z2 = z * z;
    double a = CG_MULADD(0x1.999999997fd77p-2, z, 0x1.5555555555592p-1);
    double b = CG_MULADD(0x1.c71c52060b2efp-3, z, 0x1.24924941f4f7bp-2);
    double c = CG_MULADD(0x1.39a1a704c4576p-3, z, 0x1.74663fa18ab1ap-3);
    return z * CG_MULADD(CG_MULADD(CG_MULADD(0x1.2f063413e1417p-3, z2, c), z2, b), z2, a);
}
static inline float cg_log_rest_f(float z) {
    return z * CG_MULADD_F(CG_MULADD_F(0x1.31e34cp-2f, z, 0x1.995eb6p-2f), z, 0x1.55557ap-1f);
}

/* ln x = k ln 2 + ln(1 + f) with 1 + f between sqrt(1/2) and sqrt 2; ln(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + rest))
 * with s = f / (2 + f), of which f is exact. A subnormal x is scaled first. */
static inline double cg_log(double x) {
    double normal = x < DBL_MIN ? x * 0x1p54 : x;
    uint64_t bits = cg_bits(normal) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    double k = cg_from_bits(bits >> 52 | 0x4330000000000000u) - (x < DBL_MIN ? 0x1p52 + 1023 + 54 : 0x1p52 + 1023);
    double f = cg_from_bits((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
    double s = f / (2 + f), half = 0.5 * f * f;
    double low = CG_MULADD(k, 0x1.cf79abc9e3b3ap-40, s * (half + cg_log_rest(s * s)));
    double y = CG_MULADD(k, 0x1.62e42fefap-1, f - (half - low));
    y = x < INFINITY ? y : x;
    return x > 0 ? y : x == 0 ? -INFINITY : NAN;
}
static inline float cg_log_f(float x) {
    float normal = x < FLT_MIN ? x * 0x1p25f : x;
    uint32_t bits = cg_bits_f(normal) + (0x3f800000u - 0x3f3504f3u);
    float k = (float)(int32_t)(bits >> 23) - (x < FLT_MIN ? 127 + 25 : 127);
    float f = cg_from_bits_f((bits & 0x007fffffu) + 0x3f3504f3u) - 1;
    float s = f / (2 + f), half = 0.5f * f * f;
    float low = CG_MULADD_F(k, 0x1.7f7d1cp-20f, s * (half + cg_log_rest_f(s * s)));
    float y = CG_MULADD_F(k, 0x1.62e4p-1f, f - (half - low));
    y = x < INFINITY ? y : x;
    return x > 0 ? y : x == 0 ? -INFINITY : NAN;
}

/* ln(1 + x), as ln above. Where k is 0, f is x itself; else what rounding u = 1 + x lost, divided by u, is added. */
static inline double cg_log1p(double x) {
    double u = 1 + x, part = u - 1, lost = (1 - (u - part)) + (x - part);
    uint64_t bits = cg_bits(u) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    double k = cg_from_bits(bits >> 52 | 0x4330000000000000u) - (0x1p52 + 1023);
    double f = cg_from_bits((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
    f = k == 0 ? x : f;
    lost = k == 0 ? 0 : lost / u;
    double s = f / (2 + f), half = 0.5 * f * f;
    double low = CG_MULADD(k, 0x1.cf79abc9e3b3ap-40, s * (half + cg_log_rest(s * s)) + lost);
    double y = CG_MULADD(k, 0x1.62e42fefap-1, f - (half - low));
    y = x < INFINITY ? y : x;
    y = x == 0 ? x : y;
    return x > -1 ? y : x == -1 ? -INFINITY : NAN;
}
static inline float cg_log1p_f(float x) {
    float u = 1 + x, part = u - 1, lost = (1 - (u - part)) + (x - part);
    uint32_t bits = cg_bits_f(u) + (0x3f800000u - 0x3f3504f3u);
    float k = (float)(int32_t)(bits >> 23) - 127;
    float f = cg_from_bits_f((bits & 0x007fffffu) + 0x3f3504f3u) - 1;
    f = k == 0 ? x : f;
    lost = k == 0 ? 0 : lost / u;
    float s = f / (2 + f), half = 0.5f * f * f;
    float low = CG_MULADD_F(k, 0x1.7f7d1cp-20f, s * (half + cg_log_rest_f(s * s)) + lost);
    float y = CG_MULADD_F(k, 0x1.62e4p-1f, f - (half - low));
    y = x < INFINITY ? y : x;
    y = x == 0 ? x : y;
    return x > -1 ? y : x == -1 ? -INFINITY : NAN;
}

/* ln(e^x + e^y), the larger of them plus ln(1 + e^-|x - y|); where they are equal, infinite ones too, the difference
 * is 0. */
static inline double cg_logaddexp(double x, double y) {
    double d = x == y ? 0 : -fabs(x - y);
    return (x < y ? y : x) + cg_log1p(cg_exp(d));
}
static inline float cg_logaddexp_f(float x, float y) {
    float d = x == y ? 0 : -fabsf(x - y);
    return (x < y ? y : x) + cg_log1p_f(cg_exp_f(d));
}

/* As cg_logaddexp, of powers of 2. */
static inline double cg_logaddexp2(double x, double y) {
    double d = x == y ? 0 : -fabs(x - y);
    return (x < y ? y : x) + 0x1.71547652b82fep+0 * cg_log1p(cg_exp(0x1.62e42fefa39efp-1 * d));
}
static inline float cg_logaddexp2_f(float x, float y) {
    float d = x == y ? 0 : -fabsf(x - y);
    return (x < y ? y : x) + 0x1.715476p+0f * cg_log1p_f(cg_exp_f(0x1.62e430p-1f * d));
}
