resource "aws_ecs_cluster" "NAME" {
  name = "${local.prefix}-NAME"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "NAME" {
  family                   = "${local.prefix}-NAME"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.NAME_task.arn

  container_definitions = jsonencode([
    {
      name      = "NAME"
      image     = "${local.account_id}.dkr.ecr.${var.region}.amazonaws.com/TEAM/NAME:${var.environment}"
      essential = true
      portMappings = [for port in values(local.ports) : {
        containerPort = port
        protocol      = "tcp"
      }]
      environment = [
        { name = "STAGE", value = var.environment },
        { name = "MEMORY", value = tostring(local.total_memory) },
      ]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = "/ecs/${local.prefix}/NAME"
          awslogs-region        = var.region
          awslogs-stream-prefix = "NAME"
        }
      }
    },
  ])
}

resource "aws_ecs_service" "NAME" {
  name            = "NAME"
  cluster         = aws_ecs_cluster.NAME.id
  task_definition = aws_ecs_task_definition.NAME.arn
  desired_count   = var.environment == "prod" ? 3 : 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets          = var.subnet_ids
    assign_public_ip = false
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    ignore_changes = [desired_count]
  }
}

resource "aws_iam_role" "NAME_task" {
  name               = "${local.prefix}-NAME-task"
  assume_role_policy = data.aws_iam_policy_document.NAME_task.json
}

data "aws_iam_policy_document" "NAME_task" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}
