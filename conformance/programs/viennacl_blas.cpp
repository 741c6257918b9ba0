// ViennaCL's vectors, matrices, sparse matrices and solvers on OpenCL, in float and double, against plain
// loops on the host.
#define VIENNACL_WITH_OPENCL
#include <viennacl/compressed_matrix.hpp>
#include <viennacl/linalg/bicgstab.hpp>
#include <viennacl/linalg/cg.hpp>
#include <viennacl/linalg/direct_solve.hpp>
#include <viennacl/linalg/inner_prod.hpp>
#include <viennacl/linalg/norm_2.hpp>
#include <viennacl/linalg/prod.hpp>
#include <viennacl/matrix.hpp>
#include <viennacl/vector.hpp>

#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <vector>

static const size_t size = 300;
static int failures;

static void check(const char *type, const char *what, double error, double limit)
{
    bool right = error <= limit; // no NaN is
    std::printf("%s %s: off by %.2g%s\n", type, what, error, right ? "" : "  FAIL");
    failures += !right;
}

template <typename T> static double distance(const std::vector<T> &x, const std::vector<T> &y)
{
    double worst = 0, largest = 1;
    for (size_t i = 0; i < x.size(); i++) {
        double difference = std::fabs(double(x[i]) - double(y[i]));
        if (!(difference <= worst)) worst = difference;
        largest = std::fmax(largest, std::fabs(double(y[i])));
    }
    return worst / largest;
}

template <typename T> struct host {
    std::vector<T> x = std::vector<T>(size), y = std::vector<T>(size);
    std::vector<std::vector<T>> a = std::vector<std::vector<T>>(size, std::vector<T>(size));
    std::vector<std::map<unsigned, T>> sparse = std::vector<std::map<unsigned, T>>(size);

    host()
    {
        std::mt19937 random(5);
        std::uniform_real_distribution<T> uniform(-1, 1);
        for (size_t i = 0; i < size; i++) {
            x[i] = uniform(random);
            y[i] = uniform(random);
            for (size_t k = 0; k < size; k++) a[i][k] = uniform(random) + (i == k ? T(size) : T(0));
            sparse[i][(unsigned)i] = 4; // symmetric, positive definite
            if (i) sparse[i][(unsigned)i - 1] = -1;
            if (i + 1 < size) sparse[i][(unsigned)i + 1] = -1;
        }
    }
    std::vector<T> times(const std::vector<T> &v) const
    {
        std::vector<T> r(size);
        for (size_t i = 0; i < size; i++) {
            double sum = 0;
            for (size_t k = 0; k < size; k++) sum += double(a[i][k]) * double(v[k]);
            r[i] = T(sum);
        }
        return r;
    }
    std::vector<T> sparse_times(const std::vector<T> &v) const
    {
        std::vector<T> r(size);
        for (size_t i = 0; i < size; i++)
            for (const auto &entry : sparse[i]) r[i] += entry.second * v[entry.first];
        return r;
    }
};

template <typename T> static std::vector<T> fetch(const viennacl::vector<T> &v)
{
    std::vector<T> r(v.size());
    viennacl::copy(v, r);
    return r;
}

template <typename T> static void run(const char *type, double limit)
{
    using namespace viennacl;
    host<T> h;
    viennacl::vector<T> x(size), y(size);
    matrix<T> a(size, size), product;
    compressed_matrix<T> sparse(size, size);
    copy(h.x, x);
    copy(h.y, y);
    copy(h.a, a);
    copy(h.sparse, sparse);

    double dot = 0, square = 0;
    std::vector<T> sum(size);
    for (size_t i = 0; i < size; i++) {
        dot += double(h.x[i]) * double(h.y[i]);
        square += double(h.x[i]) * double(h.x[i]);
        sum[i] = h.x[i] + T(3) * h.y[i];
    }
    T device_dot = linalg::inner_prod(x, y), norm = linalg::norm_2(x);
    check(type, "inner_prod", std::fabs(device_dot - dot) / size, limit);
    check(type, "norm_2", std::fabs(norm - std::sqrt(square)) / std::sqrt(square), limit);
    viennacl::vector<T> r = x + T(3) * y;
    check(type, "x + 3 y", distance(fetch(r), sum), limit);
    r = linalg::prod(a, x);
    check(type, "matrix times vector", distance(fetch(r), h.times(h.x)), limit);
    product = linalg::prod(a, a);
    r = linalg::prod(product, x);
    check(type, "matrix times matrix", distance(fetch(r), h.times(h.times(h.x))), limit);
    r = linalg::prod(sparse, x);
    check(type, "sparse matrix times vector", distance(fetch(r), h.sparse_times(h.x)), limit);
    r = linalg::solve(sparse, x, linalg::cg_tag(limit, 500));
    check(type, "cg", distance(h.sparse_times(fetch(r)), h.x), 20 * limit);
    r = linalg::solve(sparse, x, linalg::bicgstab_tag(limit, 500));
    check(type, "bicgstab", distance(h.sparse_times(fetch(r)), h.x), 20 * limit);
    r = linalg::solve(a, x, linalg::upper_tag());
    std::vector<T> upper = fetch(r), back(size);
    for (size_t i = 0; i < size; i++)
        for (size_t k = i; k < size; k++) back[i] += h.a[i][k] * upper[k];
    check(type, "triangular solve", distance(back, h.x), limit);
}

int main()
{
    run<float>("float", 2e-5);
    run<double>("double", 1e-13);
    std::puts(failures ? "FAIL" : "PASS");
    return failures != 0;
}
