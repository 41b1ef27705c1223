provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
}

provider "aws" {
  alias  = "stockholm"
  region = "eu-north-1"
}

variable "material" {
  type      = string
  sensitive = true
}

resource "aws_kms_external_key" "app" {
  multi_region        = true
  key_material_base64 = var.material
}

resource "aws_kms_replica_external_key" "used" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_external_key.app.arn
}

resource "aws_sqs_queue" "jobs" {
  provider          = aws.frankfurt
  name              = "jobs"
  kms_master_key_id = aws_kms_replica_external_key.used.arn
}

resource "aws_kms_replica_external_key" "spare" {
  provider        = aws.paris
  primary_key_arn = aws_kms_external_key.app.arn
}

resource "aws_kms_replica_external_key" "imported" {
  provider            = aws.stockholm
  primary_key_arn     = aws_kms_external_key.app.arn
  key_material_base64 = var.material
}
