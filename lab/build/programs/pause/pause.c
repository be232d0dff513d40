/* Holds a pod's namespaces: waits for ever, collects orphans, ends at once when asked to. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int signal_number) { (void)signal_number; _exit(0); }

int main(void) {
  signal(SIGTERM, end);
  signal(SIGINT, end);
  for (;;) {
    while (waitpid(-1, 0, WNOHANG) > 0) {
    }
    sleep(1);
  }
}
