package org.doveadmsshd.worker;

import java.io.IOException;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.supervised.SupervisedWork;

/** The promises kept by work that a supervisor's processes do; they are threads here. */
class SupervisedUserWorkTest extends UserWorkContract {
  private ThreadWorkers workers;
  private SupervisedWork work;

  @Override
  UserWork open(Userdb users, InProcessWork here, MemoryBudget.Share memory) throws IOException {
    Worker.ServerContexts nothing =
        (master, input, output) -> {
          throw new Failure(Outcome.USAGE, "a worker process is no server");
        };
    Worker worker = new Worker(users, here, nothing, Audit.NONE);
    workers = new ThreadWorkers(directory, users, worker, memory, threads);
    work = new SupervisedWork(workers.supervisor(), "doveadm");
    return work;
  }

  @Override
  void close() throws IOException {
    work.close();
    workers.close();
  }

  @Override
  void awaitCancel() throws InterruptedException {
    workers.awaitCancel();
  }
}
