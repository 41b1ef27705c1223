provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_db_instance" "replica" {
  provider            = aws.frankfurt
  identifier          = "orders-replica"
  instance_class      = "db.t4g.medium"
  replicate_source_db = "arn:aws:rds:eu-west-1:123456789012:db:orders"
  storage_encrypted   = true
  kms_key_id          = aws_kms_key.app.arn
  skip_final_snapshot = true
}
