resource "random_password" "NAME" {
  length           = 32
  special          = true
  override_special = "!#$%&*()-_=+[]{}<>:?"
}

resource "aws_db_subnet_group" "NAME" {
  name       = "${local.prefix}-NAME"
  subnet_ids = var.subnet_ids
}

resource "aws_db_parameter_group" "NAME" {
  name_prefix = "${local.prefix}-NAME-"
  family      = "postgres16"

  dynamic "parameter" {
    for_each = {
      log_connections            = "1"
      log_min_duration_statement = "500"
      "rds.force_ssl"            = "1"
    }

    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}

resource "aws_security_group" "NAME_database" {
  name   = "${local.prefix}-NAME-database"
  vpc_id = var.vpc_id

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_db_instance" "NAME" {
  identifier                   = "${local.prefix}-NAME"
  engine                       = "postgres"
  engine_version               = "16.3"
  instance_class               = var.environment == "prod" ? "db.r6g.large" : "db.t4g.medium"
  allocated_storage            = 100
  max_allocated_storage        = 1000
  storage_encrypted            = true
  multi_az                     = var.environment == "prod"
  db_name                      = replace("NAME", "-", "_")
  username                     = "admin"
  password                     = random_password.NAME.result
  db_subnet_group_name         = aws_db_subnet_group.NAME.name
  parameter_group_name         = aws_db_parameter_group.NAME.name
  vpc_security_group_ids       = [aws_security_group.NAME_database.id]
  backup_retention_period      = 14
  deletion_protection          = true
  performance_insights_enabled = true
  skip_final_snapshot          = false
  final_snapshot_identifier    = "${local.prefix}-NAME-final"

  lifecycle {
    ignore_changes = [engine_version, password]
  }
}
